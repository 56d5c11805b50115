package whorl.agent.probe.weave;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import net.bytebuddy.jar.asm.AnnotationVisitor;
import net.bytebuddy.jar.asm.Label;
import net.bytebuddy.jar.asm.MethodVisitor;
import net.bytebuddy.jar.asm.Opcodes;
import net.bytebuddy.jar.asm.Type;
import net.bytebuddy.jar.asm.TypePath;
import net.bytebuddy.jar.asm.TypeReference;
import org.jspecify.annotations.Nullable;
import whorl.agent.hook.weave.Instructions;

/**
 * Weaves one probe into one method. A failure of what is woven, including a lack of memory or
 * stack, ends in a handler here and never reaches the application. The array of the call is in a
 * slot above those of the method, so calls may nest in any way.
 *
 * <pre>
 *   begin:    try { call = WhorlHooks.probe(id) } catch (any) { call = null }
 *             if (call != null) try { call[3…] = arguments; WhorlHooks.probed(call, id) }
 *                               catch (any) { call = null }
 *   return:   keep the result; try { WhorlHooks.probed(call, id + 1) } catch (any) { }
 *             return the result
 *   failure:  catch (any t) { try { WhorlHooks.probed(call, t, id + 2) } catch (any) { } throw t }
 * </pre>
 */
final class WovenMethod extends MethodVisitor {
  /** The class that woven code calls; the agent defines it in java.base. */
  static final String HOLDER = "java/lang/WhorlHooks";

  static final String ASK = "probe";
  static final String ASK_DESCRIPTOR = "(I)[Ljava/lang/Object;";

  /** In bytes of bytecode; HotSpot compiles no longer method, see globals.hpp. */
  private static final int LIMIT = 8000;

  private static final String CALL = "[Ljava/lang/Object;";
  private static final Object[] NOTHING = {};
  private static final Object[] CAUGHT = {"java/lang/Throwable"};
  private static final int FIRST_ARGUMENT = 3;

  private final MethodFacts facts;
  private final int id;
  private final boolean hasFrames;
  private final int call;
  private final int scratch;
  private final Guarded asking = new Guarded();
  private final Guarded beginning = new Guarded();
  private final Guarded failing = new Guarded();
  private final List<Guarded> returns = new ArrayList<>();
  private final Label returnMissed = new Label();
  private final Label bodyStart = new Label();
  private int handlersAdded;
  private int nextReturn;

  /** Instructions that may fail, and their handler. */
  private static final class Guarded {
    final Label from = new Label();
    final Label to = new Label();
    final Label handler = new Label();
  }

  /** The method would become too long to be compiled. */
  static final class TooLongException extends RuntimeException {
    private static final long serialVersionUID = 1;

    private final String key;

    TooLongException(String key) {
      super(null, null, false, false);
      this.key = key;
    }

    String key() {
      return key;
    }
  }

  WovenMethod(MethodVisitor next, MethodFacts facts, int id, boolean hasFrames) {
    super(Opcodes.ASM9, next);
    this.facts = facts;
    this.id = id;
    this.hasFrames = hasFrames;
    this.call = facts.maxLocals();
    this.scratch = call + 1;
  }

  /** Our handlers come before those of the method, which may cover our calls as well. */
  @Override
  public void visitCode() {
    super.visitCode();
    guard(asking, asking.handler);
    guard(beginning, beginning.handler);
    for (int i = 0; i < facts.returns(); i++) {
      Guarded guarded = new Guarded();
      returns.add(guarded);
      guard(guarded, returnMissed);
    }
    guard(failing, failing.handler);
    Label decided = new Label();
    Label body = new Label();
    ask(decided);
    mv.visitVarInsn(Opcodes.ALOAD, call);
    mv.visitJumpInsn(Opcodes.IFNULL, body);
    begin(body);
    mv.visitLabel(body);
    frame(atBegin(true), NOTHING);
    // The body may begin with a frame of its own, and two frames at one position are not allowed.
    mv.visitInsn(Opcodes.NOP);
    mv.visitLabel(bodyStart);
  }

  private void guard(Guarded guarded, Label handler) {
    mv.visitTryCatchBlock(guarded.from, guarded.to, handler, null);
    handlersAdded++;
  }

  private void ask(Label decided) {
    mv.visitLabel(asking.from);
    Instructions.push(mv, id);
    mv.visitMethodInsn(Opcodes.INVOKESTATIC, HOLDER, ASK, ASK_DESCRIPTOR, false);
    mv.visitVarInsn(Opcodes.ASTORE, call);
    mv.visitLabel(asking.to);
    mv.visitJumpInsn(Opcodes.GOTO, decided);
    mv.visitLabel(asking.handler);
    frame(atBegin(false), CAUGHT);
    noCall();
    mv.visitLabel(decided);
    frame(atBegin(true), NOTHING);
  }

  private void begin(Label body) {
    mv.visitLabel(beginning.from);
    Type[] parameters = facts.parameters();
    for (int i = 0; i < parameters.length; i++) {
      mv.visitVarInsn(Opcodes.ALOAD, call);
      Instructions.push(mv, FIRST_ARGUMENT + i);
      mv.visitVarInsn(parameters[i].getOpcode(Opcodes.ILOAD), facts.slot(i));
      Instructions.box(mv, parameters[i]);
      mv.visitInsn(Opcodes.AASTORE);
    }
    report(id);
    mv.visitLabel(beginning.to);
    mv.visitJumpInsn(Opcodes.GOTO, body);
    mv.visitLabel(beginning.handler);
    frame(atBegin(true), CAUGHT);
    noCall();
  }

  /** Expects a throwable on the operand stack. */
  private void noCall() {
    mv.visitInsn(Opcodes.POP);
    mv.visitInsn(Opcodes.ACONST_NULL);
    mv.visitVarInsn(Opcodes.ASTORE, call);
  }

  private void report(int joinPoint) {
    mv.visitVarInsn(Opcodes.ALOAD, call);
    Instructions.push(mv, joinPoint);
    mv.visitMethodInsn(Opcodes.INVOKESTATIC, HOLDER, "probed", "(" + CALL + "I)V", false);
  }

  @Override
  public void visitFrame(
      int type, int count, Object @Nullable [] local, int numStack, Object @Nullable [] stack) {
    @Nullable Object[] bySlot = new @Nullable Object[call + 1];
    int slot = 0;
    for (int i = 0; i < count && local != null; i++) {
      bySlot[slot] = local[i];
      slot += Instructions.slotsOf(local[i]);
    }
    bySlot[call] = CALL;
    Object[] extended = Instructions.locals(bySlot);
    super.visitFrame(type, extended.length, extended, numStack, stack);
  }

  @Override
  public void visitInsn(int opcode) {
    if (opcode >= Opcodes.IRETURN && opcode <= Opcodes.RETURN) {
      if (opcode != Opcodes.RETURN) {
        mv.visitVarInsn(facts.returned().getOpcode(Opcodes.ISTORE), scratch);
      }
      Guarded guarded = returns.get(nextReturn++);
      mv.visitLabel(guarded.from);
      report(id + 1);
      mv.visitLabel(guarded.to);
      loadResult();
    }
    super.visitInsn(opcode);
  }

  private void loadResult() {
    if (facts.returned().getSort() != Type.VOID) {
      mv.visitVarInsn(facts.returned().getOpcode(Opcodes.ILOAD), scratch);
    }
  }

  /** The reference holds the index of the handler, which our handlers shift. */
  @Override
  public @Nullable AnnotationVisitor visitTryCatchAnnotation(
      int typeRef, @Nullable TypePath path, String descriptor, boolean visible) {
    int index = new TypeReference(typeRef).getTryCatchBlockIndex() + handlersAdded;
    return super.visitTryCatchAnnotation(
        TypeReference.newTryCatchReference(index).getValue(), path, descriptor, visible);
  }

  @Override
  public void visitMaxs(int maxStack, int maxLocals) {
    Label bodyEnd = new Label();
    mv.visitLabel(bodyEnd);
    fail(bodyEnd);
    if (!returns.isEmpty()) {
      mv.visitLabel(returnMissed);
      Type returned = facts.returned();
      frame(
          atEnd(false, returned.getSort() == Type.VOID ? null : Instructions.frameType(returned)),
          CAUGHT);
      mv.visitInsn(Opcodes.POP);
      loadResult();
      mv.visitInsn(returned.getOpcode(Opcodes.IRETURN));
    }
    Label end = new Label();
    mv.visitLabel(end);
    super.visitMaxs(maxStack, maxLocals);
    requireCompilable(bodyEnd, end);
  }

  private void fail(Label bodyEnd) {
    Label handler = new Label();
    Label again = new Label();
    mv.visitTryCatchBlock(bodyStart, bodyEnd, handler, null);
    mv.visitLabel(handler);
    frame(atEnd(true, null), CAUGHT);
    mv.visitVarInsn(Opcodes.ASTORE, scratch);
    mv.visitLabel(failing.from);
    mv.visitVarInsn(Opcodes.ALOAD, call);
    mv.visitVarInsn(Opcodes.ALOAD, scratch);
    Instructions.push(mv, id + 2);
    mv.visitMethodInsn(
        Opcodes.INVOKESTATIC, HOLDER, "probed", "(" + CALL + "Ljava/lang/Object;I)V", false);
    mv.visitLabel(failing.to);
    mv.visitJumpInsn(Opcodes.GOTO, again);
    Object[] locals = atEnd(false, CAUGHT[0]);
    mv.visitLabel(failing.handler);
    frame(locals, CAUGHT);
    mv.visitInsn(Opcodes.POP);
    mv.visitLabel(again);
    frame(locals, NOTHING);
    mv.visitVarInsn(Opcodes.ALOAD, scratch);
    mv.visitInsn(Opcodes.ATHROW);
  }

  private void requireCompilable(Label bodyEnd, Label end) {
    int before = bodyEnd.getOffset() - bodyStart.getOffset();
    for (Guarded guarded : returns) {
      before -= guarded.to.getOffset() - guarded.from.getOffset();
    }
    if (before <= LIMIT && end.getOffset() > LIMIT) {
      throw new TooLongException(facts.key());
    }
  }

  private void frame(Object[] locals, Object[] stack) {
    if (hasFrames) {
      mv.visitFrame(Opcodes.F_NEW, locals.length, locals, stack.length, stack);
    }
  }

  private Object[] atBegin(boolean withCall) {
    @Nullable Object[] bySlot = Arrays.copyOf(facts.initialTypes(), call + 1);
    bySlot[call] = withCall ? CALL : null;
    return Instructions.locals(bySlot);
  }

  /** A frame in which nothing of the method is needed any more. */
  private Object[] atEnd(boolean withCall, @Nullable Object kept) {
    @Nullable Object[] bySlot = new @Nullable Object[scratch + 1];
    bySlot[call] = withCall ? CALL : null;
    bySlot[scratch] = kept;
    return Instructions.locals(bySlot);
  }
}
