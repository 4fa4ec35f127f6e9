//go:build !purego

#include "textflag.h"

// ROW adds to the 16 sums of a row its number of a times the 16 numbers of the panel, which are in Y12 and Y13. Product and
// sum are rounded, as in Go.
#define ROW(from, left, right) \
	VBROADCASTSS from, Y14; \
	VMULPS Y12, Y14, Y15; \
	VADDPS Y15, left, left; \
	VMULPS Y13, Y14, Y14; \
	VADDPS Y14, right, right

// STORE writes a row of the tile, times the factor in Y15, and goes on to the next.
#define STORE(left, right) \
	VMULPS Y15, left, left; \
	VMULPS Y15, right, right; \
	VMOVUPS left, (DI); \
	VMOVUPS right, 32(DI); \
	ADDQ R8, DI

// func tileAVX2(c *float32, step int, a *float32, rowStep, colStep int, panel *float32, inner int, factor float32)
//
// The sums of row r are in Y(2r) and Y(2r+1).
TEXT ·tileAVX2(SB), NOSPLIT, $0-60
	MOVQ c+0(FP), DI
	MOVQ step+8(FP), R8
	MOVQ a+16(FP), SI
	MOVQ rowStep+24(FP), R9
	MOVQ colStep+32(FP), R10
	MOVQ panel+40(FP), BX
	MOVQ inner+48(FP), CX
	SHLQ $2, R8
	SHLQ $2, R9
	SHLQ $2, R10
	LEAQ (R9)(R9*2), R11 // 3 rows
	LEAQ (R9)(R9*4), R12 // 5 rows
	VXORPS Y0, Y0, Y0
	VXORPS Y1, Y1, Y1
	VXORPS Y2, Y2, Y2
	VXORPS Y3, Y3, Y3
	VXORPS Y4, Y4, Y4
	VXORPS Y5, Y5, Y5
	VXORPS Y6, Y6, Y6
	VXORPS Y7, Y7, Y7
	VXORPS Y8, Y8, Y8
	VXORPS Y9, Y9, Y9
	VXORPS Y10, Y10, Y10
	VXORPS Y11, Y11, Y11

loop:
	VMOVUPS (BX), Y12
	VMOVUPS 32(BX), Y13
	ROW((SI), Y0, Y1)
	ROW((SI)(R9*1), Y2, Y3)
	ROW((SI)(R9*2), Y4, Y5)
	ROW((SI)(R11*1), Y6, Y7)
	ROW((SI)(R9*4), Y8, Y9)
	ROW((SI)(R12*1), Y10, Y11)
	ADDQ R10, SI
	ADDQ $64, BX
	DECQ CX
	JNZ  loop

	VBROADCASTSS factor+56(FP), Y15
	STORE(Y0, Y1)
	STORE(Y2, Y3)
	STORE(Y4, Y5)
	STORE(Y6, Y7)
	STORE(Y8, Y9)
	STORE(Y10, Y11)
	VZEROUPPER
	RET
