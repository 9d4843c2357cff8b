#version 450
// Mixes each word of a buffer with its place and a number: vk-compute.c's mix().
layout(local_size_x = 64) in;
layout(std430, binding = 0) readonly buffer A { uint a[]; };
layout(std430, binding = 1) writeonly buffer B { uint b[]; };
layout(push_constant) uniform P { uint number; };

void main()
{
	uint i = gl_GlobalInvocationID.x, v = a[i] ^ (i * 0x9e3779b9u + number);

	v ^= v >> 16;
	v *= 0x7feb352du;
	v ^= v >> 15;
	v *= 0x846ca68bu;
	b[i] = v ^ (v >> 16);
}
