package whorl.agent.hook.weave;

import java.util.ArrayList;
import java.util.List;
import net.bytebuddy.jar.asm.Label;
import net.bytebuddy.jar.asm.MethodVisitor;
import net.bytebuddy.jar.asm.Opcodes;
import net.bytebuddy.jar.asm.Type;
import org.jspecify.annotations.Nullable;

/**
 * Weaves calls of the holder class into one method. It adds no branch, so no stack map frame of the
 * method changes; the one handler it may add gets a frame of its own.
 *
 * <pre>
 *   entry, return:  WhorlHooks.at(new Object[] {operands…}, id)
 *   failure:        catch (Throwable t) { WhorlHooks.at(…, id); throw t; }
 *   thrown:         WhorlHooks.thrown(operand)
 *   task:           WhorlHooks.task(operand, id)
 *   around a call:  WhorlHooks.task(receiver, id); the call; WhorlHooks.task(null, id + 1)
 *   console:        WhorlHooks.console(operands…, id)
 * </pre>
 */
final class WeavingMethod extends MethodVisitor {
  /** The holder class, which the agent defines in java.base. */
  static final String HOLDER = "java/lang/WhorlHooks";

  private static final String THROWABLE = "java/lang/Throwable";

  private final String owner;
  private final boolean isStatic;
  private final Type[] parameters;
  private final int[] parameterSlots;
  private final Type returned;
  private final List<Woven> woven;
  private final Label bodyStart = new Label();
  private final int scratchSlot;

  WeavingMethod(
      MethodVisitor next, String owner, int access, String descriptor, List<Woven> woven) {
    super(Opcodes.ASM9, next);
    this.owner = owner;
    this.isStatic = (access & Opcodes.ACC_STATIC) != 0;
    this.parameters = Type.getArgumentTypes(descriptor);
    this.returned = Type.getReturnType(descriptor);
    this.woven = woven;
    this.parameterSlots = new int[parameters.length];
    int slot = isStatic ? 0 : 1;
    for (int i = 0; i < parameters.length; i++) {
      parameterSlots[i] = slot;
      slot += parameters[i].getSize();
    }
    // Far above any local of the JDK's methods: nothing of theirs is overwritten.
    this.scratchSlot = slot + 64;
  }

  @Override
  public void visitCode() {
    super.visitCode();
    for (Woven one : woven) {
      if (one.point().when() == JoinPoint.When.ENTRY) {
        call(one, false, false);
      }
    }
    mv.visitLabel(bodyStart);
  }

  @Override
  public void visitInsn(int opcode) {
    if (opcode >= Opcodes.IRETURN && opcode <= Opcodes.RETURN) {
      boolean hasResult = opcode != Opcodes.RETURN;
      if (hasResult) {
        mv.visitInsn(returned.getSize() == 2 ? Opcodes.DUP2 : Opcodes.DUP);
        box(returned);
        mv.visitVarInsn(Opcodes.ASTORE, scratchSlot);
      }
      for (Woven one : woven) {
        if (one.point().when() == JoinPoint.When.RETURN
            || one.point().when() == JoinPoint.When.RETURN_OR_FAILURE) {
          call(one, hasResult, false);
        }
      }
    }
    super.visitInsn(opcode);
  }

  @Override
  public void visitMethodInsn(
      int opcode, String calledOwner, String name, String descriptor, boolean isInterface) {
    Woven around = null;
    for (Woven one : woven) {
      JoinPoint.Call call = one.point().call();
      if (call != null && call.matches(calledOwner, name, descriptor)) {
        around = one;
      }
    }
    if (around == null) {
      super.visitMethodInsn(opcode, calledOwner, name, descriptor, isInterface);
      return;
    }
    around.found();
    mv.visitInsn(Opcodes.DUP);
    task(around.id());
    super.visitMethodInsn(opcode, calledOwner, name, descriptor, isInterface);
    mv.visitInsn(Opcodes.ACONST_NULL);
    task(around.id() + 1);
  }

  /** With the task on the stack. */
  private void task(int what) {
    push(what);
    mv.visitMethodInsn(Opcodes.INVOKESTATIC, HOLDER, "task", "(Ljava/lang/Object;I)V", false);
  }

  @Override
  public void visitMaxs(int maxStack, int maxLocals) {
    if (tellsFailures()) {
      Label handler = new Label();
      mv.visitTryCatchBlock(bodyStart, handler, handler, THROWABLE);
      mv.visitLabel(handler);
      Object[] locals = parameterFrame();
      mv.visitFrame(Opcodes.F_NEW, locals.length, locals, 1, new Object[] {THROWABLE});
      mv.visitVarInsn(Opcodes.ASTORE, scratchSlot);
      for (Woven one : woven) {
        if (one.point().when() == JoinPoint.When.RETURN_OR_FAILURE) {
          call(one, false, true);
        }
      }
      mv.visitVarInsn(Opcodes.ALOAD, scratchSlot);
      mv.visitInsn(Opcodes.ATHROW);
    }
    super.visitMaxs(maxStack, maxLocals);
  }

  private boolean tellsFailures() {
    for (Woven one : woven) {
      if (one.point().when() == JoinPoint.When.RETURN_OR_FAILURE) {
        return true;
      }
    }
    return false;
  }

  private void call(Woven one, boolean resultInScratch, boolean failureInScratch) {
    List<Operand> operands = one.point().operands();
    if (one.point().tells() == JoinPoint.Tells.THROWN) {
      load(operands.get(0), resultInScratch, failureInScratch);
      mv.visitMethodInsn(Opcodes.INVOKESTATIC, HOLDER, "thrown", "(Ljava/lang/Throwable;)V", false);
      return;
    }
    if (one.point().tells() == JoinPoint.Tells.TASK) {
      load(operands.get(0), resultInScratch, failureInScratch);
      task(one.id());
      return;
    }
    if (one.point().tells() == JoinPoint.Tells.CONSOLE) {
      console(operands, one.id());
      return;
    }
    push(operands.size());
    mv.visitTypeInsn(Opcodes.ANEWARRAY, "java/lang/Object");
    for (int i = 0; i < operands.size(); i++) {
      mv.visitInsn(Opcodes.DUP);
      push(i);
      load(operands.get(i), resultInScratch, failureInScratch);
      mv.visitInsn(Opcodes.AASTORE);
    }
    push(one.id());
    mv.visitMethodInsn(Opcodes.INVOKESTATIC, HOLDER, "at", "([Ljava/lang/Object;I)V", false);
  }

  /** The operands are fields of the receiver and parameters, and are not boxed. */
  private void console(List<Operand> operands, int id) {
    StringBuilder descriptor = new StringBuilder("(");
    for (Operand operand : operands) {
      if (operand instanceof Operand.SelfField field) {
        mv.visitVarInsn(Opcodes.ALOAD, 0);
        mv.visitFieldInsn(Opcodes.GETFIELD, owner, field.name(), field.descriptor());
        descriptor.append(field.descriptor());
      } else if (operand instanceof Operand.Argument argument) {
        Type type = parameters[argument.index()];
        mv.visitVarInsn(type.getOpcode(Opcodes.ILOAD), parameterSlots[argument.index()]);
        descriptor.append(type.getDescriptor());
      } else {
        throw new IllegalArgumentException("not an operand of this kind: " + operand);
      }
    }
    push(id);
    mv.visitMethodInsn(
        Opcodes.INVOKESTATIC, HOLDER, "console", descriptor.append("I)V").toString(), false);
  }

  private void load(Operand operand, boolean resultInScratch, boolean failureInScratch) {
    if (operand instanceof Operand.Self) {
      mv.visitVarInsn(Opcodes.ALOAD, 0);
    } else if (operand instanceof Operand.Argument argument) {
      Type type = parameters[argument.index()];
      mv.visitVarInsn(type.getOpcode(Opcodes.ILOAD), parameterSlots[argument.index()]);
      box(type);
    } else if (operand instanceof Operand.SelfField field) {
      mv.visitVarInsn(Opcodes.ALOAD, 0);
      field(owner, field.name(), field.descriptor());
    } else if (operand instanceof Operand.ArgumentField field) {
      mv.visitVarInsn(Opcodes.ALOAD, parameterSlots[field.index()]);
      mv.visitTypeInsn(Opcodes.CHECKCAST, field.type());
      field(field.type(), field.name(), field.descriptor());
    } else {
      boolean there = operand instanceof Operand.Result ? resultInScratch : failureInScratch;
      if (there) {
        mv.visitVarInsn(Opcodes.ALOAD, scratchSlot);
      } else {
        mv.visitInsn(Opcodes.ACONST_NULL);
      }
    }
  }

  private void field(String type, String name, String descriptor) {
    mv.visitFieldInsn(Opcodes.GETFIELD, type, name, descriptor);
    box(Type.getType(descriptor));
  }

  private void box(Type type) {
    String box = boxOf(type);
    if (box != null) {
      mv.visitMethodInsn(
          Opcodes.INVOKESTATIC,
          box,
          "valueOf",
          "(" + type.getDescriptor() + ")L" + box + ";",
          false);
    }
  }

  private static @Nullable String boxOf(Type type) {
    return switch (type.getSort()) {
      case Type.BOOLEAN -> "java/lang/Boolean";
      case Type.BYTE -> "java/lang/Byte";
      case Type.CHAR -> "java/lang/Character";
      case Type.SHORT -> "java/lang/Short";
      case Type.INT -> "java/lang/Integer";
      case Type.LONG -> "java/lang/Long";
      case Type.FLOAT -> "java/lang/Float";
      case Type.DOUBLE -> "java/lang/Double";
      default -> null;
    };
  }

  private void push(int constant) {
    if (constant >= -1 && constant <= 5) {
      mv.visitInsn(Opcodes.ICONST_0 + constant);
    } else if (constant == (byte) constant) {
      mv.visitIntInsn(Opcodes.BIPUSH, constant);
    } else if (constant == (short) constant) {
      mv.visitIntInsn(Opcodes.SIPUSH, constant);
    } else {
      mv.visitLdcInsn(constant); // numbers of join points begin anywhere
    }
  }

  private Object[] parameterFrame() {
    List<Object> locals = new ArrayList<>();
    if (!isStatic) {
      locals.add(owner);
    }
    for (Type parameter : parameters) {
      locals.add(
          switch (parameter.getSort()) {
            case Type.BOOLEAN, Type.BYTE, Type.CHAR, Type.SHORT, Type.INT -> Opcodes.INTEGER;
            case Type.LONG -> Opcodes.LONG;
            case Type.FLOAT -> Opcodes.FLOAT;
            case Type.DOUBLE -> Opcodes.DOUBLE;
            default -> parameter.getInternalName();
          });
    }
    return locals.toArray();
  }
}
