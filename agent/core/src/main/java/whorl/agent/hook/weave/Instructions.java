package whorl.agent.hook.weave;

import java.util.ArrayList;
import java.util.List;
import net.bytebuddy.jar.asm.MethodVisitor;
import net.bytebuddy.jar.asm.Opcodes;
import net.bytebuddy.jar.asm.Type;
import org.jspecify.annotations.Nullable;

/** Instructions and frames that hooks and probes weave alike. */
public final class Instructions {
  private Instructions() {}

  /** Emits a constant in its shortest form. */
  public static void push(MethodVisitor mv, int constant) {
    if (constant >= -1 && constant <= 5) {
      mv.visitInsn(Opcodes.ICONST_0 + constant);
    } else if (constant == (byte) constant) {
      mv.visitIntInsn(Opcodes.BIPUSH, constant);
    } else if (constant == (short) constant) {
      mv.visitIntInsn(Opcodes.SIPUSH, constant);
    } else {
      mv.visitLdcInsn(constant);
    }
  }

  /** Emits the boxing of the value on the operand stack, unless it is a reference. */
  public static void box(MethodVisitor mv, Type type) {
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

  /** The type as stack map frames name it: a constant of {@link Opcodes} or an internal name. */
  public static Object frameType(Type type) {
    return switch (type.getSort()) {
      case Type.BOOLEAN, Type.BYTE, Type.CHAR, Type.SHORT, Type.INT -> Opcodes.INTEGER;
      case Type.LONG -> Opcodes.LONG;
      case Type.FLOAT -> Opcodes.FLOAT;
      case Type.DOUBLE -> Opcodes.DOUBLE;
      default -> type.getInternalName(); // of an array, its descriptor
    };
  }

  /** The number of slots of a type as frames name it; null for an empty slot. */
  public static int slotsOf(@Nullable Object frameType) {
    return frameType == Opcodes.LONG || frameType == Opcodes.DOUBLE ? 2 : 1;
  }

  /** The types by slot as a frame lists them: long and double once, and nothing at the end. */
  public static Object[] locals(@Nullable Object[] bySlot) {
    List<Object> frame = new ArrayList<>(bySlot.length);
    int used = 0;
    for (int slot = 0; slot < bySlot.length; ) {
      Object type = bySlot[slot];
      frame.add(type == null ? Opcodes.TOP : type);
      slot += slotsOf(type);
      if (type != null && type != Opcodes.TOP) {
        used = frame.size();
      }
    }
    return frame.subList(0, used).toArray();
  }
}
