package whorl.agent.hook.weave;

import java.util.ArrayList;
import java.util.List;
import net.bytebuddy.jar.asm.AnnotationVisitor;
import net.bytebuddy.jar.asm.Label;
import net.bytebuddy.jar.asm.MethodVisitor;
import net.bytebuddy.jar.asm.Opcodes;
import net.bytebuddy.jar.asm.Type;
import net.bytebuddy.jar.asm.TypePath;
import net.bytebuddy.jar.asm.TypeReference;
import org.jspecify.annotations.Nullable;
import whorl.agent.hook.weave.HolderCalls.Place;

/**
 * Weaves calls of the holder class into one method. Any failure of such a call, including a lack of
 * memory or stack, ends in a handler here and never reaches the application. The handler's catch
 * type is any, so that no class is resolved for it.
 *
 * <pre>
 *   begin:    try { WhorlHooks.at(…) } catch (any e) { missed } the body
 *   return:   keep the result; try { WhorlHooks.at(…) } catch (any e) { missed } return the result
 *   failure:  catch (any t) { try { WhorlHooks.at(…) } catch (any e) { missed } throw t }
 *   a call:   WhorlHooks.task(receiver, id); the call; WhorlHooks.task(null, id + 1)
 *   missed:   try { WhorlHooks.missed(e) } catch (any) { }
 * </pre>
 *
 * <p>There is no handler of ours around a call, because it would empty the operand stack, nor at
 * the start of a constructor in a class file before version 50, because the verifier allows none.
 * In both places our call allocates nothing, and what follows, the call or the super constructor,
 * needs stack just as ours does.
 */
final class WeavingMethod extends MethodVisitor {
  private static final Object[] NOTHING = {};
  private static final Object[] CAUGHT = {"java/lang/Throwable"};

  private final boolean hasFrames;
  private final MethodShape method;
  private final Slots slots;
  private final HolderCalls calls;
  private final List<WeavePoint> atBegin = new ArrayList<>(2);
  private final List<WeavePoint> atReturn = new ArrayList<>(2);
  private final List<WeavePoint> atFailure = new ArrayList<>(2);
  private final List<WeavePoint> aroundCall = new ArrayList<>(0);
  private final List<Guarded> returns = new ArrayList<>(2);
  private final Label start = new Label();
  private final Label bodyStart = new Label();
  private final Guarded begin = new Guarded();
  private final Guarded failure = new Guarded();
  private final Guarded missedAtBegin = new Guarded();
  private final Guarded missedAtReturn = new Guarded();
  private final Guarded missedAtFailure = new Guarded();
  private int handlersAdded;
  private int nextReturn;
  private int bytesAroundCalls;

  /** Instructions that may fail, and their handler. */
  private static final class Guarded {
    final Label from = new Label();
    final Label to = new Label();
    Label handler = new Label();
  }

  WeavingMethod(
      MethodVisitor next,
      String owner,
      boolean hasFrames,
      MethodShape method,
      List<WeavePoint> woven) {
    super(Opcodes.ASM9, next);
    this.hasFrames = hasFrames;
    this.method = method;
    for (WeavePoint weavePoint : woven) {
      switch (weavePoint.point().when()) {
        case ENTRY -> atBegin.add(weavePoint);
        case RETURN -> atReturn.add(weavePoint);
        case RETURN_OR_FAILURE -> {
          atReturn.add(weavePoint);
          atFailure.add(weavePoint);
        }
        case AROUND_CALL -> aroundCall.add(weavePoint);
      }
    }
    this.slots = new Slots(method, neededAtEnd());
    this.calls = new HolderCalls(next, owner, method, slots);
  }

  private boolean[] neededAtEnd() {
    boolean[] needed = new boolean[method.initialTypes().length];
    for (WeavePoint weavePoint : atReturn) {
      for (Operand operand : weavePoint.point().operands()) {
        if (operand instanceof Operand.Self
            || operand instanceof Operand.SelfField
            || operand instanceof Operand.InheritedField) {
          needed[0] = true;
        } else if (operand instanceof Operand.Argument argument) {
          needed[method.parameterSlot(argument.index())] = true;
        } else if (operand instanceof Operand.ArgumentField field) {
          needed[method.parameterSlot(field.index())] = true;
        }
      }
    }
    return needed;
  }

  /** Our handlers come before those of the method, which may cover our calls as well. */
  @Override
  public void visitCode() {
    super.visitCode();
    mv.visitLabel(start);
    if (!atBegin.isEmpty() && mayGuardBegin()) {
      guard(begin);
      guard(missedAtBegin);
    }
    if (!atReturn.isEmpty() && method.returns() > 0) {
      Label handler = new Label();
      for (int i = 0; i < method.returns(); i++) {
        Guarded guarded = new Guarded();
        guarded.handler = handler;
        returns.add(guarded);
        guard(guarded);
      }
      guard(missedAtReturn);
    }
    if (!atFailure.isEmpty()) {
      guard(failure);
      guard(missedAtFailure);
    }
    slots.copy(mv);
    if (!atBegin.isEmpty() && mayGuardBegin()) {
      begin();
    } else {
      callGuarded(begin, atBegin, Place.BEGIN);
    }
    mv.visitLabel(bodyStart);
  }

  private boolean mayGuardBegin() {
    return hasFrames || !method.isConstructor();
  }

  private void guard(Guarded guarded) {
    mv.visitTryCatchBlock(guarded.from, guarded.to, guarded.handler, null);
    handlersAdded++;
  }

  private void begin() {
    Label after = new Label();
    callGuarded(begin, atBegin, Place.BEGIN);
    mv.visitJumpInsn(Opcodes.GOTO, after);
    Object[] locals = slots.atBegin();
    missed(begin.handler, missedAtBegin, locals, after);
    mv.visitLabel(after);
    frame(locals, NOTHING);
    // The body may begin with a frame of its own, and two frames at one position are not allowed.
    mv.visitInsn(Opcodes.NOP);
  }

  private void callGuarded(Guarded guarded, List<WeavePoint> points, Place place) {
    mv.visitLabel(guarded.from);
    for (WeavePoint weavePoint : points) {
      calls.call(weavePoint, place);
    }
    mv.visitLabel(guarded.to);
  }

  /**
   * Emits the handler of a call that failed. It jumps or falls through to {@code after}, if that is
   * given.
   */
  private void missed(Label handler, Guarded counting, Object[] locals, @Nullable Label after) {
    mv.visitLabel(handler);
    frame(locals, CAUGHT);
    mv.visitLabel(counting.from);
    calls.missed();
    mv.visitLabel(counting.to);
    end(after);
    mv.visitLabel(counting.handler);
    frame(locals, CAUGHT);
    mv.visitInsn(Opcodes.POP);
    if (after == null) {
      end(null);
    }
  }

  /** Ends a handler: jumps to {@code after}, or returns the value in the scratch slot. */
  private void end(@Nullable Label after) {
    if (after != null) {
      mv.visitJumpInsn(Opcodes.GOTO, after);
    } else {
      loadResult();
      mv.visitInsn(method.returned().getOpcode(Opcodes.IRETURN));
    }
  }

  private void frame(Object[] locals, Object[] stack) {
    if (hasFrames) {
      mv.visitFrame(Opcodes.F_NEW, locals.length, locals, stack.length, stack);
    }
  }

  @Override
  public void visitFrame(
      int type, int count, Object @Nullable [] local, int numStack, Object @Nullable [] stack) {
    Object[] extended = slots.extended(count, local);
    super.visitFrame(type, extended.length, extended, numStack, stack);
  }

  @Override
  public void visitInsn(int opcode) {
    boolean isReturn = opcode >= Opcodes.IRETURN && opcode <= Opcodes.RETURN;
    if (isReturn && !returns.isEmpty()) {
      if (opcode != Opcodes.RETURN) {
        mv.visitVarInsn(method.returned().getOpcode(Opcodes.ISTORE), slots.scratch());
      }
      callGuarded(returns.get(nextReturn++), atReturn, Place.RETURN);
      loadResult();
    }
    super.visitInsn(opcode);
  }

  private void loadResult() {
    if (method.returned().getSort() != Type.VOID) {
      mv.visitVarInsn(method.returned().getOpcode(Opcodes.ILOAD), slots.scratch());
    }
  }

  @Override
  public void visitMethodInsn(
      int opcode, String calledOwner, String name, String descriptor, boolean isInterface) {
    WeavePoint around = null;
    for (WeavePoint weavePoint : aroundCall) {
      JoinPoint.Call call = weavePoint.point().call();
      if (call != null && call.matches(calledOwner, name, descriptor)) {
        around = weavePoint;
      }
    }
    if (around == null) {
      super.visitMethodInsn(opcode, calledOwner, name, descriptor, isInterface);
      return;
    }
    mv.visitInsn(Opcodes.DUP);
    calls.task(around.id());
    super.visitMethodInsn(opcode, calledOwner, name, descriptor, isInterface);
    mv.visitInsn(Opcodes.ACONST_NULL);
    calls.task(around.id() + 1);
    bytesAroundCalls += 10;
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
    if (!atFailure.isEmpty()) {
      failure(bodyEnd);
    }
    if (!returns.isEmpty()) {
      Type returned = method.returned();
      Object kept = returned.getSort() == Type.VOID ? null : Instructions.frameType(returned);
      missed(returns.get(0).handler, missedAtReturn, slots.atEnd(false, kept), null);
    }
    Label end = new Label();
    mv.visitLabel(end);
    super.visitMaxs(maxStack, maxLocals);
    requireCompilable(bodyEnd, end);
  }

  private void failure(Label bodyEnd) {
    Label handler = new Label();
    Label again = new Label();
    mv.visitTryCatchBlock(bodyStart, bodyEnd, handler, null);
    mv.visitLabel(handler);
    frame(slots.atEnd(true, null), CAUGHT);
    mv.visitVarInsn(Opcodes.ASTORE, slots.scratch());
    callGuarded(failure, atFailure, Place.FAILURE);
    mv.visitJumpInsn(Opcodes.GOTO, again);
    Object[] locals = slots.atEnd(false, CAUGHT[0]);
    missed(failure.handler, missedAtFailure, locals, again);
    mv.visitLabel(again);
    frame(locals, NOTHING);
    mv.visitVarInsn(Opcodes.ALOAD, slots.scratch());
    mv.visitInsn(Opcodes.ATHROW);
  }

  /** Compares the method's length before and after weaving. */
  private void requireCompilable(Label bodyEnd, Label end) {
    int ours = bodyStart.getOffset() - start.getOffset() + bytesAroundCalls;
    for (Guarded guarded : returns) {
      ours += guarded.to.getOffset() - guarded.from.getOffset();
    }
    int before = bodyEnd.getOffset() - ours;
    if (before <= TooLongToCompile.LIMIT && end.getOffset() > TooLongToCompile.LIMIT) {
      throw new TooLongToCompile(method);
    }
  }
}
