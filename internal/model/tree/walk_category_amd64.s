#include "textflag.h"

// A step of one row: the node's slot, that key of the row, and then both answers. That of a category is a bit of the node's
// set, which a number replaces by the first word of all. BP becomes −1 for the left child, and is added to the right one.
#define STEP(at, row) \
	MOVWLZX 4(DI)(at*8), BP \
	MOVL    BP, R14         \
	ANDL    $1, R14         \
	XORL    R14, BP         \
	MOVL    (row)(BP*1), BP \
	NEGL    R14             \
	MOVL    BP, R15         \
	SHRL    $5, R15         \
	ADDL    (DI)(at*8), R15 \
	ANDL    R14, R15        \
	MOVL    (SI)(R15*4), R15 \
	BTL     BP, R15         \
	SBBL    R15, R15        \
	CMPL    BP, (DI)(at*8)  \
	SBBL    BP, BP          \
	TESTL   R14, R14        \
	CMOVLNE R15, BP         \
	MOVWLZX 6(DI)(at*8), at \
	ADDL    BP, at

// func walkCategoryBlock(nodes *packedNode, keys, sets *uint32, stride, rows, depth int, at *uint32)
//
// It is walkBlock with steps for trees that ask categories. Four rows go side by side.
TEXT ·walkCategoryBlock(SB), NOSPLIT, $16-56
	MOVQ nodes+0(FP), DI
	MOVQ keys+8(FP), R8
	MOVQ sets+16(FP), SI
	MOVQ stride+24(FP), R13

rows:
	SUBQ $4, rows+32(FP)
	JLT  done
	LEAQ (R8)(R13*1), R9
	LEAQ (R8)(R13*2), R10
	LEAQ (R9)(R13*2), R11
	XORL AX, AX
	XORL BX, BX
	XORL CX, CX
	XORL DX, DX
	MOVQ depth+40(FP), R12

steps:
	MOVQ    $6, R14
	CMPQ    R12, R14
	CMOVQLT R12, R14
	SUBQ    $6, R12
	TESTQ   R14, R14
	JLE     leaves
	MOVQ    R14, left-8(SP)

step:
	STEP(AX, R8)
	STEP(BX, R9)
	STEP(CX, R10)
	STEP(DX, R11)
	DECQ left-8(SP)
	JNZ  step

	// Trees are ragged: end when all four have come to leaves, whose slot is 0.
	TESTQ   R12, R12
	JLE     leaves
	MOVWLZX 4(DI)(AX*8), BP
	ORW     4(DI)(BX*8), BP
	ORW     4(DI)(CX*8), BP
	ORW     4(DI)(DX*8), BP
	TESTL   BP, BP
	JNE     steps

leaves:
	MOVQ at+48(FP), R15
	MOVL AX, (R15)
	MOVL BX, 4(R15)
	MOVL CX, 8(R15)
	MOVL DX, 12(R15)
	ADDQ $16, at+48(FP)
	LEAQ (R10)(R13*2), R8
	JMP  rows

done:
	RET
