#include "textflag.h"

// A step of one row: the node's link, that key of the row, compared with the node's, and the right child less the borrow.
#define STEP(at, row) \
	MOVL 4(DI)(at*8), R13 \
	MOVL R13, BP          \
	ANDL R12, BP          \
	MOVL (row)(BP*1), BP  \
	CMPL BP, (DI)(at*8)   \
	SBBL BP, BP           \
	SHRL CX, R13          \
	LEAL (R13)(BP*1), at

#define ROW(k, row, at) \
	MOVL  (k*8)(R15), row     \
	IMULQ stride+16(FP), row  \
	ADDQ  keys+8(FP), row     \
	MOVL  (k*8+4)(R15), at

// func walkOn(nodes *packedNode, keys *uint32, stride int, w *walker, rows, steps, shift int)
//
// Four rows go side by side; each is where its walker says, and ends there.
TEXT ·walkOn(SB), NOSPLIT, $8-56
	MOVQ nodes+0(FP), DI
	MOVQ w+24(FP), R15
	MOVQ shift+48(FP), CX
	MOVL $1, R12
	SHLL CX, R12
	DECL R12

rows:
	SUBQ $4, rows+32(FP)
	JLT  done
	ROW(0, R8, AX)
	ROW(1, R9, BX)
	ROW(2, R10, DX)
	ROW(3, R11, SI)
	MOVQ steps+40(FP), R14
	TESTQ R14, R14
	JLE  next

step:
	STEP(AX, R8)
	STEP(BX, R9)
	STEP(DX, R10)
	STEP(SI, R11)
	DECQ R14
	JNZ  step

next:
	MOVL AX, 4(R15)
	MOVL BX, 12(R15)
	MOVL DX, 20(R15)
	MOVL SI, 28(R15)
	ADDQ $32, R15
	JMP  rows

done:
	RET
