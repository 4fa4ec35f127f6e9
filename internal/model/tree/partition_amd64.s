//go:build !purego

#include "textflag.h"

// SIDE appends the side of row k, counted from SI, to the bits in BX.
#define SIDE(k) \
	MOVL (4*k)(SI), AX; \
	MOVBLZX (R8)(AX*1), AX; \
	MOVBLZX (R10)(AX*1), AX; \
	LEAQ (AX)(BX*2), BX

// func partAVX2(left, right, rows *uint32, n int, bin *uint8, side *[256]uint8, first *[256][8]uint8) int
//
//	for i := 0; i < n; i += 8 { // n is a multiple of 8
//		m := bits of side[bin[row]] for the next eight rows
//		copy(left, the rows of m, then others); left = left[popcount(m):]
//		copy(right, the rows of ^m, then others); right = right[8-popcount(m):]
//	}
TEXT ·partAVX2(SB), NOSPLIT, $0-64
	MOVQ left+0(FP), DI
	MOVQ right+8(FP), R9
	MOVQ rows+16(FP), SI
	MOVQ n+24(FP), CX
	MOVQ bin+32(FP), R8
	MOVQ side+40(FP), R10
	MOVQ first+48(FP), R11
	MOVQ DI, R12

loop:
	XORL BX, BX
	SIDE(7)
	SIDE(6)
	SIDE(5)
	SIDE(4)
	SIDE(3)
	SIDE(2)
	SIDE(1)
	SIDE(0)
	VMOVDQU (SI), Y0
	VPMOVZXBD (R11)(BX*8), Y1
	VPERMD Y0, Y1, Y2
	VMOVDQU Y2, (DI)
	POPCNTL BX, AX
	XORL $255, BX
	VPMOVZXBD (R11)(BX*8), Y1
	VPERMD Y0, Y1, Y2
	VMOVDQU Y2, (R9)
	LEAQ (DI)(AX*4), DI
	NEGQ AX
	LEAQ 32(R9)(AX*4), R9
	ADDQ $32, SI
	SUBQ $8, CX
	JNZ  loop

	SUBQ R12, DI
	SHRQ $2, DI
	MOVQ DI, ret+56(FP)
	VZEROUPPER
	RET
