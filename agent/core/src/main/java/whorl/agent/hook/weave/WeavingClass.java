package whorl.agent.hook.weave;

import java.util.ArrayList;
import java.util.List;
import net.bytebuddy.jar.asm.ClassReader;
import net.bytebuddy.jar.asm.ClassVisitor;
import net.bytebuddy.jar.asm.ClassWriter;
import net.bytebuddy.jar.asm.MethodVisitor;
import net.bytebuddy.jar.asm.Opcodes;
import org.jspecify.annotations.Nullable;

/** Weaves the join points of one class, by plain ASM: nothing of a class's shape changes. */
final class WeavingClass extends ClassVisitor {
  private final String owner;
  private final List<Woven> points;

  private WeavingClass(ClassVisitor next, String owner, List<Woven> points) {
    super(Opcodes.ASM9, next);
    this.owner = owner;
    this.points = points;
  }

  /** The woven class file; join points that are met are told so. */
  static byte[] weave(byte[] original, String owner, List<Woven> points) {
    ClassReader reader = new ClassReader(original);
    ClassWriter writer = new ClassWriter(reader, ClassWriter.COMPUTE_MAXS);
    reader.accept(new WeavingClass(writer, owner, points), ClassReader.EXPAND_FRAMES);
    return writer.toByteArray();
  }

  @Override
  public @Nullable MethodVisitor visitMethod(
      int access,
      String name,
      String descriptor,
      @Nullable String signature,
      String @Nullable [] exceptions) {
    MethodVisitor next = super.visitMethod(access, name, descriptor, signature, exceptions);
    if ((access & (Opcodes.ACC_NATIVE | Opcodes.ACC_ABSTRACT)) != 0) {
      return next;
    }
    List<Woven> here = new ArrayList<>(2);
    for (Woven woven : points) {
      if (woven.point().matches(name, descriptor)) {
        here.add(woven);
        if (woven.point().call() == null) {
          woven.found();
        }
      }
    }
    return here.isEmpty() || next == null
        ? next
        : new WeavingMethod(next, owner, access, descriptor, here);
  }
}
