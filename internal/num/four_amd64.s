//go:build !purego

#include "textflag.h"

// PASS is a kernel: TERMS makes four terms of the rows at R8 to R11 and the numbers of a in Y12 to Y15, and ADD adds these to dst
// or takes them away, one after the other. SECOND is the offset of the fifth number of a row. Y10 and Y11 are free for TERMS.
#define PASS(TERMS, SECOND, ADD) \
	MOVQ dst+0(FP), DI; \
	MOVQ a+8(FP), SI; \
	MOVQ x0+16(FP), R8; \
	MOVQ x1+24(FP), R9; \
	MOVQ x2+32(FP), R10; \
	MOVQ x3+40(FP), R11; \
	MOVQ n+48(FP), CX; \
	VBROADCASTSD 0(SI), Y12; \
	VBROADCASTSD 8(SI), Y13; \
	VBROADCASTSD 16(SI), Y14; \
	VBROADCASTSD 24(SI), Y15; \
	XORQ AX, AX; \
	SUBQ $8, CX; \
	JLT rest; \
loop: \
	VMOVUPD (DI)(AX*8), Y0; \
	VMOVUPD 32(DI)(AX*8), Y1; \
	TERMS(0, Y2, Y3, Y4, Y5); \
	TERMS(SECOND, Y6, Y7, Y8, Y9); \
	ADD Y2, Y0, Y0; \
	ADD Y6, Y1, Y1; \
	ADD Y3, Y0, Y0; \
	ADD Y7, Y1, Y1; \
	ADD Y4, Y0, Y0; \
	ADD Y8, Y1, Y1; \
	ADD Y5, Y0, Y0; \
	ADD Y9, Y1, Y1; \
	VMOVUPD Y0, (DI)(AX*8); \
	VMOVUPD Y1, 32(DI)(AX*8); \
	ADDQ $8, AX; \
	SUBQ $8, CX; \
	JGE loop; \
rest: \
	ADDQ $8, CX; \
	JEQ done; \
	VMOVUPD (DI)(AX*8), Y0; \
	TERMS(0, Y2, Y3, Y4, Y5); \
	ADD Y2, Y0, Y0; \
	ADD Y3, Y0, Y0; \
	ADD Y4, Y0, Y0; \
	ADD Y5, Y0, Y0; \
	VMOVUPD Y0, (DI)(AX*8); \
done: \
	VZEROUPPER; \
	RET

// PRODUCTS are those of the numbers at offset with a.
#define PRODUCTS(offset, A, B, C, D) \
	VMULPD offset(R8)(AX*8), Y12, A; \
	VMULPD offset(R9)(AX*8), Y13, B; \
	VMULPD offset(R10)(AX*8), Y14, C; \
	VMULPD offset(R11)(AX*8), Y15, D

// LESS takes a away from the numbers of the four rows.
#define LESS(A, B, C, D) \
	VSUBPD Y12, A, A; \
	VSUBPD Y13, B, B; \
	VSUBPD Y14, C, C; \
	VSUBPD Y15, D, D

#define SQUARED(A, B, C, D) \
	VMULPD A, A, A; \
	VMULPD B, B, B; \
	VMULPD C, C, C; \
	VMULPD D, D, D

// SQUARES are those of the differences of the numbers at offset from a.
#define SQUARES(offset, A, B, C, D) \
	VMOVUPD offset(R8)(AX*8), A; \
	VMOVUPD offset(R9)(AX*8), B; \
	VMOVUPD offset(R10)(AX*8), C; \
	VMOVUPD offset(R11)(AX*8), D; \
	LESS(A, B, C, D); \
	SQUARED(A, B, C, D)

// WIDENED are the float32 at offset.
#define WIDENED(offset, A, B, C, D) \
	VCVTPS2PD offset(R8)(AX*4), A; \
	VCVTPS2PD offset(R9)(AX*4), B; \
	VCVTPS2PD offset(R10)(AX*4), C; \
	VCVTPS2PD offset(R11)(AX*4), D

// SQUARES32 are SQUARES of float32.
#define SQUARES32(offset, A, B, C, D) \
	WIDENED(offset, A, B, C, D); \
	LESS(A, B, C, D); \
	SQUARED(A, B, C, D)

// DIFFERENCES32 are those of the float32 at offset from a, without their signs; Y11 has all bits but the sign.
#define DIFFERENCES32(offset, A, B, C, D) \
	WIDENED(offset, A, B, C, D); \
	LESS(A, B, C, D); \
	VANDPD Y11, A, A; \
	VANDPD Y11, B, B; \
	VANDPD Y11, C, C; \
	VANDPD Y11, D, D

// func subtractFourAVX2(dst, a, x0, x1, x2, x3 *float64, n int)
TEXT ·subtractFourAVX2(SB), NOSPLIT, $0-56
	PASS(PRODUCTS, 32, VSUBPD)

// func addSquaresFourAVX2(dst, a, x0, x1, x2, x3 *float64, n int)
TEXT ·addSquaresFourAVX2(SB), NOSPLIT, $0-56
	PASS(SQUARES, 32, VADDPD)

// func addSquaresFour32AVX2(dst, a *float64, x0, x1, x2, x3 *float32, n int)
TEXT ·addSquaresFour32AVX2(SB), NOSPLIT, $0-56
	PASS(SQUARES32, 16, VADDPD)

// func addDifferencesFour32AVX2(dst, a *float64, x0, x1, x2, x3 *float32, n int)
TEXT ·addDifferencesFour32AVX2(SB), NOSPLIT, $0-56
	VPCMPEQD Y11, Y11, Y11
	VPSRLQ $1, Y11, Y11
	PASS(DIFFERENCES32, 16, VADDPD)
