package whorl.agent.hook.weave;

import java.util.ArrayList;
import java.util.List;
import net.bytebuddy.jar.asm.Handle;
import net.bytebuddy.jar.asm.Label;
import net.bytebuddy.jar.asm.MethodVisitor;
import net.bytebuddy.jar.asm.Opcodes;
import net.bytebuddy.jar.asm.Type;
import org.jspecify.annotations.Nullable;

/**
 * The facts about a method that weaving needs before it changes it: the slots of its parameters,
 * the slots that keep their value and type to the end, and the number of returns.
 */
final class MethodShape extends MethodVisitor {
  private final String owner;
  private final int access;
  private final String name;
  private final String descriptor;
  private final Type[] parameters;
  private final Type returned;
  private final int[] parameterSlots;
  private final @Nullable Object[] initialTypes;
  private final boolean[] changed;
  private final List<JoinPoint.Call> calls = new ArrayList<>(0);
  private int returns;
  private int maxLocals;

  MethodShape(String owner, int access, String name, String descriptor) {
    super(Opcodes.ASM9);
    this.owner = owner;
    this.access = access;
    this.name = name;
    this.descriptor = descriptor;
    this.parameters = Type.getArgumentTypes(descriptor);
    this.returned = Type.getReturnType(descriptor);
    this.parameterSlots = new int[parameters.length];
    int slot = isStatic() ? 0 : 1;
    for (int i = 0; i < parameters.length; i++) {
      parameterSlots[i] = slot;
      slot += parameters[i].getSize();
    }
    this.initialTypes = new @Nullable Object[slot];
    this.changed = new boolean[slot];
    if (!isStatic()) {
      initialTypes[0] = isConstructor() ? Opcodes.UNINITIALIZED_THIS : owner;
    }
    for (int i = 0; i < parameters.length; i++) {
      initialTypes[parameterSlots[i]] = Instructions.frameType(parameters[i]);
    }
  }

  String name() {
    return name;
  }

  String descriptor() {
    return descriptor;
  }

  boolean isStatic() {
    return (access & Opcodes.ACC_STATIC) != 0;
  }

  boolean isNative() {
    return (access & Opcodes.ACC_NATIVE) != 0;
  }

  boolean isConstructor() {
    return name.equals("<init>");
  }

  Type returned() {
    return returned;
  }

  int parameterCount() {
    return parameters.length;
  }

  Type parameter(int index) {
    return parameters[index];
  }

  int parameterSlot(int index) {
    return parameterSlots[index];
  }

  /**
   * The frame type of each parameter slot when the method begins; null in the second slot of two.
   */
  @Nullable Object[] initialTypes() {
    return initialTypes.clone();
  }

  /** True if the slot holds its initial value at every return and in every frame. */
  boolean keeps(int slot) {
    return !changed[slot];
  }

  boolean calls(JoinPoint.Call call) {
    // Not List.contains: the first equals of a record links method handles, before main.
    for (JoinPoint.Call candidate : calls) {
      if (call.matches(candidate.owner(), candidate.method(), candidate.descriptor())) {
        return true;
      }
    }
    return false;
  }

  int returns() {
    return returns;
  }

  int maxLocals() {
    return Math.max(maxLocals, initialTypes.length);
  }

  @Override
  public void visitVarInsn(int opcode, int slot) {
    if (opcode >= Opcodes.ISTORE && opcode <= Opcodes.ASTORE) {
      change(slot);
      if (opcode == Opcodes.LSTORE || opcode == Opcodes.DSTORE) {
        change(slot + 1);
      }
      // A store into the second slot of a long or double destroys the first.
      if (slot > 0 && slot <= changed.length && isWide(slot - 1)) {
        change(slot - 1);
      }
    }
  }

  @Override
  public void visitIincInsn(int slot, int increment) {
    change(slot);
  }

  @Override
  public void visitFrame(
      int type, int numLocal, Object @Nullable [] local, int numStack, Object @Nullable [] stack) {
    int slot = 0;
    for (int i = 0; i < numLocal && local != null && slot < changed.length; i++) {
      Object held = local[i];
      if (!held.equals(initialTypes[slot]) && !isConstructed(slot, held)) {
        change(slot);
      }
      slot += held == Opcodes.LONG || held == Opcodes.DOUBLE ? 2 : 1;
    }
    for (; slot < changed.length; slot++) {
      change(slot);
    }
  }

  @Override
  public void visitInsn(int opcode) {
    if (opcode >= Opcodes.IRETURN && opcode <= Opcodes.RETURN) {
      returns++;
    }
  }

  @Override
  public void visitMethodInsn(
      int opcode, String calledOwner, String called, String type, boolean isInterface) {
    if (opcode != Opcodes.INVOKESTATIC && !called.equals("<init>")) {
      calls.add(new JoinPoint.Call(calledOwner, called, type));
    }
  }

  @Override
  public void visitInvokeDynamicInsn(
      String called, String type, Handle bootstrap, Object... arguments) {
    // not needed
  }

  @Override
  public void visitJumpInsn(int opcode, Label label) {
    // not needed
  }

  @Override
  public void visitMaxs(int maxStack, int locals) {
    maxLocals = locals;
  }

  /** True for a constructor's object after its initialisation. */
  private boolean isConstructed(int slot, Object local) {
    return slot == 0 && isConstructor() && local.equals(owner);
  }

  private boolean isWide(int slot) {
    return initialTypes[slot] == Opcodes.LONG || initialTypes[slot] == Opcodes.DOUBLE;
  }

  private void change(int slot) {
    if (slot < changed.length) {
      changed[slot] = true;
    }
  }
}
