//go:build !purego

#include "textflag.h"

// PREFIX adds up the four cells in Y0, on top of the sum so far in all lanes of Y3, and stores the sums at DI + 8·AX.
// Only the last addition waits for the group before.
#define PREFIX \
	VPSLLDQ $8, Y0, Y1; \
	VPADDQ Y0, Y1, Y0; \
	VPERMQ $0x55, Y0, Y1; \
	VPBLENDD $0x0F, Y4, Y1, Y1; \
	VPADDQ Y1, Y0, Y0; \
	VPERMQ $0xFF, Y0, Y1; \
	VPADDQ Y3, Y0, Y0; \
	VPADDQ Y3, Y1, Y3; \
	VMOVDQU Y0, (DI)(AX*8)

// func prefixAVX2(dst, cells *int64, n int)
//
//	for i, v := range cells { sum += v; dst[i] = sum } // n is a multiple of 4
TEXT ·prefixAVX2(SB), NOSPLIT, $0-24
	MOVQ dst+0(FP), DI
	MOVQ cells+8(FP), SI
	MOVQ n+16(FP), CX
	VPXOR Y3, Y3, Y3
	VPXOR Y4, Y4, Y4
	XORQ AX, AX

loop:
	VMOVDQU (SI)(AX*8), Y0
	PREFIX
	ADDQ $4, AX
	CMPQ AX, CX
	JLT  loop
	VZEROUPPER
	RET

// func subtractAVX2(parent, child *int64, n int)
//
//	for i, v := range child { parent[i] -= v } // n is a multiple of 4
TEXT ·subtractAVX2(SB), NOSPLIT, $0-24
	MOVQ parent+0(FP), DI
	MOVQ child+8(FP), SI
	MOVQ n+16(FP), CX
	XORQ AX, AX

subtract:
	VMOVDQU (DI)(AX*8), Y0
	VPSUBQ (SI)(AX*8), Y0, Y0
	VMOVDQU Y0, (DI)(AX*8)
	ADDQ $4, AX
	CMPQ AX, CX
	JLT  subtract
	VZEROUPPER
	RET
