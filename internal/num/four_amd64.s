//go:build !purego

#include "textflag.h"

// ARGUMENTS: dst in DI, the rows in R8 to R11, the numbers of a in Y12 to Y15, the length in CX.
#define ARGUMENTS \
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
	XORQ AX, AX

// PRODUCTS puts the four products for the numbers at offset into four registers.
#define PRODUCTS(offset, A, B, C, D) \
	VMULPD offset(R8)(AX*8), Y12, A; \
	VMULPD offset(R9)(AX*8), Y13, B; \
	VMULPD offset(R10)(AX*8), Y14, C; \
	VMULPD offset(R11)(AX*8), Y15, D

// SUBTRACT takes A from V.
#define SUBTRACT(A, V) VSUBPD A, V, V

// func subtractFourAVX2(dst, a, x0, x1, x2, x3 *float64, n int)
TEXT ·subtractFourAVX2(SB), NOSPLIT, $0-56
	ARGUMENTS
	SUBQ $8, CX
	JLT rest

loop:
	VMOVUPD (DI)(AX*8), Y0
	VMOVUPD 32(DI)(AX*8), Y1
	PRODUCTS(0, Y2, Y3, Y4, Y5)
	PRODUCTS(32, Y6, Y7, Y8, Y9)
	SUBTRACT(Y2, Y0)
	SUBTRACT(Y6, Y1)
	SUBTRACT(Y3, Y0)
	SUBTRACT(Y7, Y1)
	SUBTRACT(Y4, Y0)
	SUBTRACT(Y8, Y1)
	SUBTRACT(Y5, Y0)
	SUBTRACT(Y9, Y1)
	VMOVUPD Y0, (DI)(AX*8)
	VMOVUPD Y1, 32(DI)(AX*8)
	ADDQ $8, AX
	SUBQ $8, CX
	JGE loop

rest:
	ADDQ $8, CX
	JEQ done
	VMOVUPD (DI)(AX*8), Y0
	PRODUCTS(0, Y2, Y3, Y4, Y5)
	SUBTRACT(Y2, Y0)
	SUBTRACT(Y3, Y0)
	SUBTRACT(Y4, Y0)
	SUBTRACT(Y5, Y0)
	VMOVUPD Y0, (DI)(AX*8)

done:
	VZEROUPPER
	RET

// SQUARES puts the four squared differences for the numbers at offset into four registers.
#define SQUARES(offset, A, B, C, D) \
	VMOVUPD offset(R8)(AX*8), A; \
	VMOVUPD offset(R9)(AX*8), B; \
	VMOVUPD offset(R10)(AX*8), C; \
	VMOVUPD offset(R11)(AX*8), D; \
	VSUBPD Y12, A, A; \
	VSUBPD Y13, B, B; \
	VSUBPD Y14, C, C; \
	VSUBPD Y15, D, D; \
	VMULPD A, A, A; \
	VMULPD B, B, B; \
	VMULPD C, C, C; \
	VMULPD D, D, D

// func addSquaresFourAVX2(dst, a, x0, x1, x2, x3 *float64, n int)
TEXT ·addSquaresFourAVX2(SB), NOSPLIT, $0-56
	ARGUMENTS
	SUBQ $8, CX
	JLT rest

loop:
	VMOVUPD (DI)(AX*8), Y0
	VMOVUPD 32(DI)(AX*8), Y1
	SQUARES(0, Y2, Y3, Y4, Y5)
	SQUARES(32, Y6, Y7, Y8, Y9)
	VADDPD Y2, Y0, Y0
	VADDPD Y6, Y1, Y1
	VADDPD Y3, Y0, Y0
	VADDPD Y7, Y1, Y1
	VADDPD Y4, Y0, Y0
	VADDPD Y8, Y1, Y1
	VADDPD Y5, Y0, Y0
	VADDPD Y9, Y1, Y1
	VMOVUPD Y0, (DI)(AX*8)
	VMOVUPD Y1, 32(DI)(AX*8)
	ADDQ $8, AX
	SUBQ $8, CX
	JGE loop

rest:
	ADDQ $8, CX
	JEQ done
	VMOVUPD (DI)(AX*8), Y0
	SQUARES(0, Y2, Y3, Y4, Y5)
	VADDPD Y2, Y0, Y0
	VADDPD Y3, Y0, Y0
	VADDPD Y4, Y0, Y0
	VADDPD Y5, Y0, Y0
	VMOVUPD Y0, (DI)(AX*8)

done:
	VZEROUPPER
	RET

// SQUARES32 puts the four squared differences for the float32 at offset into four registers.
#define SQUARES32(offset, A, B, C, D) \
	VCVTPS2PD offset(R8)(AX*4), A; \
	VCVTPS2PD offset(R9)(AX*4), B; \
	VCVTPS2PD offset(R10)(AX*4), C; \
	VCVTPS2PD offset(R11)(AX*4), D; \
	VSUBPD Y12, A, A; \
	VSUBPD Y13, B, B; \
	VSUBPD Y14, C, C; \
	VSUBPD Y15, D, D; \
	VMULPD A, A, A; \
	VMULPD B, B, B; \
	VMULPD C, C, C; \
	VMULPD D, D, D

// func addSquaresFour32AVX2(dst, a *float64, x0, x1, x2, x3 *float32, n int)
TEXT ·addSquaresFour32AVX2(SB), NOSPLIT, $0-56
	ARGUMENTS
	SUBQ $8, CX
	JLT rest

loop:
	VMOVUPD (DI)(AX*8), Y0
	VMOVUPD 32(DI)(AX*8), Y1
	SQUARES32(0, Y2, Y3, Y4, Y5)
	SQUARES32(16, Y6, Y7, Y8, Y9)
	VADDPD Y2, Y0, Y0
	VADDPD Y6, Y1, Y1
	VADDPD Y3, Y0, Y0
	VADDPD Y7, Y1, Y1
	VADDPD Y4, Y0, Y0
	VADDPD Y8, Y1, Y1
	VADDPD Y5, Y0, Y0
	VADDPD Y9, Y1, Y1
	VMOVUPD Y0, (DI)(AX*8)
	VMOVUPD Y1, 32(DI)(AX*8)
	ADDQ $8, AX
	SUBQ $8, CX
	JGE loop

rest:
	ADDQ $8, CX
	JEQ done
	VMOVUPD (DI)(AX*8), Y0
	SQUARES32(0, Y2, Y3, Y4, Y5)
	VADDPD Y2, Y0, Y0
	VADDPD Y3, Y0, Y0
	VADDPD Y4, Y0, Y0
	VADDPD Y5, Y0, Y0
	VMOVUPD Y0, (DI)(AX*8)

done:
	VZEROUPPER
	RET

// DIFFERENCES32 puts the four differences without their signs for the float32 at offset into four registers.
#define DIFFERENCES32(offset, A, B, C, D) \
	VCVTPS2PD offset(R8)(AX*4), A; \
	VCVTPS2PD offset(R9)(AX*4), B; \
	VCVTPS2PD offset(R10)(AX*4), C; \
	VCVTPS2PD offset(R11)(AX*4), D; \
	VSUBPD Y12, A, A; \
	VSUBPD Y13, B, B; \
	VSUBPD Y14, C, C; \
	VSUBPD Y15, D, D; \
	VANDPD Y11, A, A; \
	VANDPD Y11, B, B; \
	VANDPD Y11, C, C; \
	VANDPD Y11, D, D

// func addDifferencesFour32AVX2(dst, a *float64, x0, x1, x2, x3 *float32, n int)
TEXT ·addDifferencesFour32AVX2(SB), NOSPLIT, $0-56
	ARGUMENTS
	VPCMPEQD Y11, Y11, Y11
	VPSRLQ $1, Y11, Y11 // all bits but the sign

loop:
	VMOVUPD (DI)(AX*8), Y0
	DIFFERENCES32(0, Y2, Y3, Y4, Y5)
	VADDPD Y2, Y0, Y0
	VADDPD Y3, Y0, Y0
	VADDPD Y4, Y0, Y0
	VADDPD Y5, Y0, Y0
	VMOVUPD Y0, (DI)(AX*8)
	ADDQ $4, AX
	CMPQ AX, CX
	JLT loop
	VZEROUPPER
	RET
