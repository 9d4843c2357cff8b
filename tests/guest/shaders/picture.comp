#version 450
// The Mandelbrot set with integers, so that every right picture is the same:
// vk-compute.c's colour().
layout(local_size_x = 16, local_size_y = 4) in;
layout(std430, binding = 0) writeonly buffer A { uint pixel[]; };
layout(push_constant) uniform P { uint width; };

void main()
{
	int x = int(gl_GlobalInvocationID.x), y = int(gl_GlobalInvocationID.y);
	int cr = x * 20 - 9000, ci = y * 20 - 4800, r = 0, i = 0, rr = 0, ii = 0, n;

	for (n = 0; n < 255 && rr + ii < (4 << 24); n++) {
		i = ((r * i) >> 11) + ci;
		r = ((rr - ii) >> 12) + cr;
		rr = r * r;
		ii = i * i;
	}
	pixel[uint(y) * width + uint(x)] = 0xff000000u | uint(n * 0x010305 & 0xffffff);
}
