package whorl.agent.hook.weave;

import java.util.Arrays;
import net.bytebuddy.jar.asm.MethodVisitor;
import net.bytebuddy.jar.asm.Opcodes;
import net.bytebuddy.jar.asm.Type;
import org.jspecify.annotations.Nullable;

/**
 * The local variables of a woven method. At the method's end an operand is read from the parameter
 * itself if its slot keeps the value. Otherwise it is read from a copy, made when the method
 * begins, in a slot above all others.
 *
 * <pre>
 *   0 … parameters | the method's variables … maxLocals | copies | result or failure
 * </pre>
 */
final class Slots {
  private final MethodShape method;
  private final int[] copies;
  private final int firstCopy;
  private final int scratch;

  /**
   * @param neededAtEnd slots of the receiver and of parameters
   */
  Slots(MethodShape method, boolean[] neededAtEnd) {
    this.method = method;
    this.firstCopy = method.maxLocals();
    this.copies = new int[neededAtEnd.length];
    int next = firstCopy;
    Object[] types = method.initialTypes();
    for (int slot = 0; slot < neededAtEnd.length; slot++) {
      copies[slot] = -1;
      if (neededAtEnd[slot] && !method.keeps(slot)) {
        copies[slot] = next;
        next += Instructions.slotsOf(types[slot]);
      }
    }
    this.scratch = next;
  }

  /** The slot that keeps the result or the failure during the call of the holder class. */
  int scratch() {
    return scratch;
  }

  /** The slot of the parameter's value at the method's end. */
  int atEnd(int slot) {
    return copies[slot] < 0 ? slot : copies[slot];
  }

  /** Emits the copies; must come before anything else. */
  void copy(MethodVisitor mv) {
    for (int slot = 0; slot < copies.length; slot++) {
      if (copies[slot] >= 0) {
        Type type = typeOf(slot);
        mv.visitVarInsn(type.getOpcode(Opcodes.ILOAD), slot);
        mv.visitVarInsn(type.getOpcode(Opcodes.ISTORE), copies[slot]);
      }
    }
  }

  /** One of the method's own frames with the copies added; every frame has them. */
  Object[] extended(int count, Object @Nullable [] locals) {
    if (scratch == firstCopy) {
      return locals == null ? new Object[0] : Arrays.copyOf(locals, count);
    }
    @Nullable Object[] bySlot = new @Nullable Object[scratch];
    int slot = 0;
    for (int i = 0; i < count && locals != null; i++) {
      bySlot[slot] = locals[i];
      slot += Instructions.slotsOf(locals[i]);
    }
    return withCopies(bySlot);
  }

  /** The frame at the start of the method's body. */
  Object[] atBegin() {
    return withCopies(Arrays.copyOf(method.initialTypes(), scratch));
  }

  /**
   * A frame at the method's end.
   *
   * @param parameters true if it includes the slots that keep their values
   * @param kept the type in the scratch slot; null if it is empty
   */
  Object[] atEnd(boolean parameters, @Nullable Object kept) {
    @Nullable Object[] types = method.initialTypes();
    @Nullable Object[] bySlot = new @Nullable Object[scratch + 1];
    for (int slot = 0; slot < types.length && parameters; slot++) {
      bySlot[slot] = method.keeps(slot) ? types[slot] : null;
    }
    bySlot[scratch] = kept;
    return withCopies(bySlot);
  }

  private Object[] withCopies(@Nullable Object[] bySlot) {
    @Nullable Object[] types = method.initialTypes();
    for (int slot = 0; slot < copies.length; slot++) {
      if (copies[slot] >= 0) {
        bySlot[copies[slot]] = types[slot];
      }
    }
    return Instructions.locals(bySlot);
  }

  private Type typeOf(int slot) {
    for (int i = 0; i < method.parameterCount(); i++) {
      if (method.parameterSlot(i) == slot) {
        return method.parameter(i);
      }
    }
    return Type.getObjectType("java/lang/Object");
  }
}
