package whorl.agent.hook.weave;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import net.bytebuddy.jar.asm.MethodVisitor;
import net.bytebuddy.jar.asm.Opcodes;
import net.bytebuddy.jar.asm.Type;
import org.jspecify.annotations.Nullable;

/**
 * The local variables of a woven method. What a join point hands over at the method's end is read
 * from the parameter itself where that keeps its value; else from a copy, made when the method
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
        next += sizeOf(types[slot]);
      }
    }
    this.scratch = next;
  }

  /** Where the result or the failure is kept while the holder class is called. */
  int scratch() {
    return scratch;
  }

  /** Where the parameter's value is at the method's end. */
  int atEnd(int slot) {
    return copies[slot] < 0 ? slot : copies[slot];
  }

  /** To be emitted before anything else. */
  void copy(MethodVisitor mv) {
    for (int slot = 0; slot < copies.length; slot++) {
      if (copies[slot] >= 0) {
        Type type = typeOf(slot);
        mv.visitVarInsn(type.getOpcode(Opcodes.ILOAD), slot);
        mv.visitVarInsn(type.getOpcode(Opcodes.ISTORE), copies[slot]);
      }
    }
  }

  /** One of the method's own frames, with the copies, which every frame has. */
  Object[] extended(int count, Object @Nullable [] locals) {
    if (scratch == firstCopy) {
      return locals == null ? new Object[0] : Arrays.copyOf(locals, count);
    }
    @Nullable Object[] bySlot = new @Nullable Object[scratch];
    int slot = 0;
    for (int i = 0; i < count && locals != null; i++) {
      bySlot[slot] = locals[i];
      slot += sizeOf(locals[i]);
    }
    return withCopies(bySlot);
  }

  /** The frame with which the method's body begins. */
  Object[] atBegin() {
    return withCopies(Arrays.copyOf(method.initialTypes(), scratch));
  }

  /**
   * A frame of the method's end.
   *
   * @param parameters whether those that keep their values are in it
   * @param kept what is in the scratch slot; null when that is nothing
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
    List<Object> frame = new ArrayList<>(bySlot.length);
    int used = 0;
    for (int slot = 0; slot < bySlot.length; ) {
      Object type = bySlot[slot];
      frame.add(type == null ? Opcodes.TOP : type);
      slot += sizeOf(type);
      if (type != null && type != Opcodes.TOP) {
        used = frame.size();
      }
    }
    return frame.subList(0, used).toArray();
  }

  private Type typeOf(int slot) {
    for (int i = 0; i < method.parameterCount(); i++) {
      if (method.parameterSlot(i) == slot) {
        return method.parameter(i);
      }
    }
    return Type.getObjectType("java/lang/Object");
  }

  private static int sizeOf(@Nullable Object frameType) {
    return frameType == Opcodes.LONG || frameType == Opcodes.DOUBLE ? 2 : 1;
  }
}
