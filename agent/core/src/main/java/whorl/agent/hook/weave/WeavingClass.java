package whorl.agent.hook.weave;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import net.bytebuddy.jar.asm.ClassReader;
import net.bytebuddy.jar.asm.ClassVisitor;
import net.bytebuddy.jar.asm.ClassWriter;
import net.bytebuddy.jar.asm.MethodTooLargeException;
import net.bytebuddy.jar.asm.MethodVisitor;
import net.bytebuddy.jar.asm.Opcodes;
import org.jspecify.annotations.Nullable;

/**
 * Weaves the join points of one class, by plain ASM; the class's fields and methods stay the same.
 * A join point that does not fit, see {@link Fit}, is left out with its reason; the others are
 * woven.
 */
final class WeavingClass extends ClassVisitor {
  private static final String NO_METHOD = "there is no such method";

  private final ClassShape shape;
  private final String owner;
  private final Map<MethodShape, List<WeavePoint>> byMethod;

  private WeavingClass(
      ClassVisitor next,
      ClassShape shape,
      String owner,
      Map<MethodShape, List<WeavePoint>> byMethod) {
    super(Opcodes.ASM9, next);
    this.shape = shape;
    this.owner = owner;
    this.byMethod = byMethod;
  }

  /** Returns the woven class file; null if no join point fits. */
  static byte @Nullable [] weave(byte[] original, String owner, List<WeavePoint> points) {
    ClassReader reader = new ClassReader(original);
    ClassShape shape = ClassShape.read(reader, owner, points);
    Map<MethodShape, List<WeavePoint>> byMethod = fitting(shape, points);
    while (!byMethod.isEmpty()) {
      try {
        ClassWriter writer = new ClassWriter(reader, ClassWriter.COMPUTE_MAXS);
        reader.accept(new WeavingClass(writer, shape, owner, byMethod), ClassReader.EXPAND_FRAMES);
        return writer.toByteArray();
      } catch (MethodTooLargeException tooLarge) {
        leaveOut(
            shape.method(tooLarge.getMethodName(), tooLarge.getDescriptor()),
            byMethod,
            "the method has no room for another instruction",
            tooLarge);
      } catch (TooLongToCompile tooLong) {
        leaveOut(
            tooLong.method(),
            byMethod,
            "the JVM would no longer compile the method, which becomes too long",
            tooLong);
      }
    }
    return null;
  }

  private static void leaveOut(
      @Nullable MethodShape method,
      Map<MethodShape, List<WeavePoint>> byMethod,
      String problem,
      RuntimeException cause) {
    List<WeavePoint> affected = method == null ? null : byMethod.remove(method);
    if (affected == null) {
      throw cause;
    }
    for (WeavePoint weavePoint : affected) {
      weavePoint.isNotWoven(problem);
    }
  }

  private static Map<MethodShape, List<WeavePoint>> fitting(
      ClassShape shape, List<WeavePoint> points) {
    Map<MethodShape, List<WeavePoint>> byMethod = new HashMap<>();
    for (WeavePoint weavePoint : points) {
      boolean isThere = false;
      for (MethodShape method : shape.methods()) {
        if (weavePoint.point().matches(method.name(), method.descriptor())) {
          isThere = true;
          String problem = Fit.problem(shape, method, weavePoint.point());
          if (problem == null) {
            List<WeavePoint> methodPoints = byMethod.get(method);
            if (methodPoints == null) {
              methodPoints = new ArrayList<>(2);
              byMethod.put(method, methodPoints);
            }
            methodPoints.add(weavePoint);
          } else {
            weavePoint.isNotWoven(problem);
          }
        }
      }
      if (!isThere && !weavePoint.point().optional()) {
        weavePoint.isNotWoven(NO_METHOD);
      }
    }
    return byMethod;
  }

  @Override
  public @Nullable MethodVisitor visitMethod(
      int access,
      String name,
      String descriptor,
      @Nullable String signature,
      String @Nullable [] exceptions) {
    MethodVisitor next = super.visitMethod(access, name, descriptor, signature, exceptions);
    MethodShape method = shape.method(name, descriptor);
    List<WeavePoint> methodPoints = method == null ? null : byMethod.get(method);
    return methodPoints == null || method == null || next == null
        ? next
        : new WeavingMethod(next, owner, shape.hasFrames(), method, methodPoints);
  }
}
