//go:build !purego

#include "textflag.h"

// SIDES64 puts bit i of the 64 bytes from R10 + at on into reg: is byte i not 0?
#define SIDES64(at, reg) \
	VMOVDQU64 at(R10), Z0; \
	VPTESTMB Z0, Z0, K1; \
	KMOVQ K1, reg

// BIN puts the bin of row k, counted from SI, into byte b of x, on top of the bytes in from.
#define BIN(k, b, from, x) \
	MOVL (4*k)(SI), AX; \
	VPINSRB $b, (R8)(AX*1), from, x

DATA one<>+0(SB)/4, $1
GLOBL one<>(SB), RODATA|NOPTR, $4

// func partAVX512(left, right, rows *uint32, n int, bin *uint8, side *[256]uint8) int
//
//	for i := 0; i < n; i += 16 { // n is a multiple of 16
//		m := bits of side[bin[row]] for the next sixteen rows
//		copy(left, the rows of m, then zeros); left = left[popcount(m):]
//		copy(right, the rows of ^m, then zeros); right = right[16-popcount(m):]
//	}
//
// The 256 sides are 256 bits in Y5, so that all sixteen are looked up in registers. The bins are loaded one by one: a
// gather of single bytes would read past the end of the column, and it is slow on many processors.
TEXT ·partAVX512(SB), NOSPLIT, $0-56
	MOVQ left+0(FP), DI
	MOVQ right+8(FP), R9
	MOVQ rows+16(FP), SI
	MOVQ n+24(FP), CX
	MOVQ bin+32(FP), R8
	MOVQ side+40(FP), R10
	MOVQ DI, R12
	SIDES64(0, R11)
	SIDES64(64, R13)
	SIDES64(128, DX)
	SIDES64(192, BX)
	VMOVQ R11, X5
	VPINSRQ $1, R13, X5, X5
	VMOVQ DX, X6
	VPINSRQ $1, BX, X6, X6
	VINSERTI128 $1, X6, Y5, Y5
	VPBROADCASTD one<>(SB), Z6
	VPXOR X7, X7, X7

loop:
	BIN(0, 0, X7, X1)
	BIN(8, 0, X7, X2)
	BIN(1, 1, X1, X1)
	BIN(9, 1, X2, X2)
	BIN(2, 2, X1, X1)
	BIN(10, 2, X2, X2)
	BIN(3, 3, X1, X1)
	BIN(11, 3, X2, X2)
	BIN(4, 4, X1, X1)
	BIN(12, 4, X2, X2)
	BIN(5, 5, X1, X1)
	BIN(13, 5, X2, X2)
	BIN(6, 6, X1, X1)
	BIN(14, 6, X2, X2)
	BIN(7, 7, X1, X1)
	BIN(15, 7, X2, X2)
	VPUNPCKLQDQ X2, X1, X1
	VPMOVZXBD X1, Z1
	VPSRLD $5, Z1, Z2
	VPERMD Z5, Z2, Z2  // the 32 sides that hold the bin's
	VPRORVD Z1, Z2, Z2 // of which the bin's, modulo 32, comes to the end
	VPTESTMD Z6, Z2, K1
	KNOTW K1, K2
	VMOVDQU32 (SI), Z0
	VPCOMPRESSD.Z Z0, K1, Z1
	VPCOMPRESSD.Z Z0, K2, Z2
	VMOVDQU32 Z1, (DI)
	VMOVDQU32 Z2, (R9)
	KMOVW K1, AX
	POPCNTL AX, AX
	LEAQ (DI)(AX*4), DI
	NEGQ AX
	LEAQ 64(R9)(AX*4), R9
	ADDQ $64, SI
	SUBQ $16, CX
	JNZ  loop

	SUBQ R12, DI
	SHRQ $2, DI
	MOVQ DI, ret+48(FP)
	VZEROUPPER
	RET
