package whorl.agent.hook.weave;

import java.util.List;
import net.bytebuddy.jar.asm.MethodVisitor;
import net.bytebuddy.jar.asm.Opcodes;
import net.bytebuddy.jar.asm.Type;

/**
 * The calls of the holder class in one method, with their operands. Part of this may fail (boxing,
 * an array, a field of another class), so the caller puts a handler around it.
 *
 * <pre>
 *   operands: WhorlHooks.at(operand…, id), beyond four WhorlHooks.at(new Object[] {…}, id)
 *   thrown:   WhorlHooks.thrown(operand, id)
 *   task:     WhorlHooks.task(operand, id)
 *   console:  WhorlHooks.console(operand…, id)
 * </pre>
 */
final class HolderCalls {
  /** The holder class, which the agent defines in java.base. */
  static final String HOLDER = "java/lang/WhorlHooks";

  /** Up to this many operands are passed without an array. */
  static final int MAX_SINGLE = 4;

  private static final String OBJECT = "Ljava/lang/Object;";

  private final MethodVisitor mv;
  private final String owner;
  private final MethodShape method;
  private final Slots slots;

  /** Where in the method a call is; it determines where the operands are. */
  enum Place {
    BEGIN,
    /** The scratch slot holds the result, if there is one. */
    RETURN,
    /** The scratch slot holds the failure. */
    FAILURE
  }

  HolderCalls(MethodVisitor mv, String owner, MethodShape method, Slots slots) {
    this.mv = mv;
    this.owner = owner;
    this.method = method;
    this.slots = slots;
  }

  void call(WeavePoint weavePoint, Place place) {
    List<Operand> operands = weavePoint.point().operands();
    switch (weavePoint.point().payload()) {
      case THROWN -> {
        load(operands.get(0), place);
        Instructions.push(mv, weavePoint.id());
        invoke("thrown", "(" + OBJECT + "I)V");
      }
      case TASK -> {
        load(operands.get(0), place);
        task(weavePoint.id());
      }
      case CONSOLE -> {
        for (Operand operand : operands) {
          loadPlain(operand, place);
        }
        Instructions.push(mv, weavePoint.id());
        invoke("console", Fit.consoleForm(operands, method));
      }
      case OPERANDS -> at(operands, weavePoint.id(), place);
    }
  }

  /** Expects the task on the operand stack. */
  void task(int kind) {
    Instructions.push(mv, kind);
    invoke("task", "(" + OBJECT + "I)V");
  }

  /** Counts a visit that could not be reported. Expects the failure on the operand stack. */
  void missed() {
    invoke("missed", "(Ljava/lang/Throwable;)V");
  }

  private void at(List<Operand> operands, int id, Place place) {
    if (operands.size() <= MAX_SINGLE) {
      for (Operand operand : operands) {
        load(operand, place);
      }
      Instructions.push(mv, id);
      invoke("at", "(" + OBJECT.repeat(operands.size()) + "I)V");
      return;
    }
    Instructions.push(mv, operands.size());
    mv.visitTypeInsn(Opcodes.ANEWARRAY, "java/lang/Object");
    for (int i = 0; i < operands.size(); i++) {
      mv.visitInsn(Opcodes.DUP);
      Instructions.push(mv, i);
      load(operands.get(i), place);
      mv.visitInsn(Opcodes.AASTORE);
    }
    Instructions.push(mv, id);
    invoke("at", "([" + OBJECT + "I)V");
  }

  private void load(Operand operand, Place place) {
    if (operand instanceof Operand.Result) {
      if (place == Place.RETURN && method.returned().getSort() != Type.VOID) {
        mv.visitVarInsn(method.returned().getOpcode(Opcodes.ILOAD), slots.scratch());
        Instructions.box(mv, method.returned());
      } else {
        mv.visitInsn(Opcodes.ACONST_NULL);
      }
    } else if (operand instanceof Operand.Failure) {
      if (place == Place.FAILURE) {
        mv.visitVarInsn(Opcodes.ALOAD, slots.scratch());
      } else {
        mv.visitInsn(Opcodes.ACONST_NULL);
      }
    } else {
      Instructions.box(mv, loadPlain(operand, place));
    }
  }

  /** Loads the operand unboxed and returns its type. */
  private Type loadPlain(Operand operand, Place place) {
    if (operand instanceof Operand.Argument argument) {
      return parameter(argument.index(), place);
    }
    if (operand instanceof Operand.ArgumentField field) {
      parameter(field.index(), place);
      mv.visitTypeInsn(Opcodes.CHECKCAST, field.type());
      mv.visitFieldInsn(Opcodes.GETFIELD, field.type(), field.name(), field.descriptor());
      return Type.getType(field.descriptor());
    }
    mv.visitVarInsn(Opcodes.ALOAD, place == Place.BEGIN ? 0 : slots.atEnd(0));
    if (operand instanceof Operand.SelfField field) {
      mv.visitFieldInsn(Opcodes.GETFIELD, owner, field.name(), field.descriptor());
      return Type.getType(field.descriptor());
    }
    if (operand instanceof Operand.InheritedField field) {
      mv.visitFieldInsn(Opcodes.GETFIELD, field.type(), field.name(), field.descriptor());
      return Type.getType(field.descriptor());
    }
    return Type.getObjectType(owner);
  }

  private Type parameter(int index, Place place) {
    Type type = method.parameter(index);
    int slot = method.parameterSlot(index);
    mv.visitVarInsn(type.getOpcode(Opcodes.ILOAD), place == Place.BEGIN ? slot : slots.atEnd(slot));
    return type;
  }

  private void invoke(String name, String descriptor) {
    mv.visitMethodInsn(Opcodes.INVOKESTATIC, HOLDER, name, descriptor, false);
  }
}
