package whorl.agent.hook.weave;

import java.util.ArrayList;
import java.util.List;
import net.bytebuddy.jar.asm.ClassReader;
import net.bytebuddy.jar.asm.ClassVisitor;
import net.bytebuddy.jar.asm.FieldVisitor;
import net.bytebuddy.jar.asm.MethodVisitor;
import net.bytebuddy.jar.asm.Opcodes;
import org.jspecify.annotations.Nullable;

/**
 * All fields of a class, and those of its methods that join points name, read before anything is
 * woven: ASM visits methods one after the other, but whether a join point fits depends on all of
 * the class.
 */
final class ClassShape extends ClassVisitor {
  private static final int FIRST_WITH_FRAMES = 50;

  private final String owner;
  private final List<WeavePoint> points;
  private final List<Field> fields = new ArrayList<>();
  private final List<MethodShape> methods = new ArrayList<>();
  private int majorVersion;
  private @Nullable String superclass;

  /** A field that the class itself declares. */
  record Field(String name, String descriptor, boolean isStatic) {}

  private ClassShape(String owner, List<WeavePoint> points) {
    super(Opcodes.ASM9);
    this.owner = owner;
    this.points = points;
  }

  static ClassShape read(ClassReader reader, String owner, List<WeavePoint> points) {
    ClassShape shape = new ClassShape(owner, points);
    reader.accept(shape, ClassReader.EXPAND_FRAMES | ClassReader.SKIP_DEBUG);
    return shape;
  }

  /** Non-abstract methods that a join point names. */
  List<MethodShape> methods() {
    return methods;
  }

  @Nullable MethodShape method(String name, String descriptor) {
    for (MethodShape method : methods) {
      if (method.name().equals(name) && method.descriptor().equals(descriptor)) {
        return method;
      }
    }
    return null;
  }

  /** The field of that name and type, or else one of that name; null if there is none. */
  @Nullable Field field(String name, String descriptor) {
    Field similar = null;
    for (Field field : fields) {
      if (field.name().equals(name)) {
        if (field.descriptor().equals(descriptor)) {
          return field;
        }
        similar = field;
      }
    }
    return similar;
  }

  boolean isBelow(String type) {
    return type.equals(superclass);
  }

  /** True if the verifier requires stack map frames in its methods. */
  boolean hasFrames() {
    return majorVersion >= FIRST_WITH_FRAMES;
  }

  @Override
  public void visit(
      int version,
      int access,
      String name,
      @Nullable String signature,
      @Nullable String superName,
      String @Nullable [] interfaces) {
    majorVersion = version & 0xFFFF;
    superclass = superName;
  }

  @Override
  public @Nullable FieldVisitor visitField(
      int access,
      String name,
      String descriptor,
      @Nullable String signature,
      @Nullable Object value) {
    fields.add(new Field(name, descriptor, (access & Opcodes.ACC_STATIC) != 0));
    return null;
  }

  @Override
  public @Nullable MethodVisitor visitMethod(
      int access,
      String name,
      String descriptor,
      @Nullable String signature,
      String @Nullable [] exceptions) {
    if ((access & Opcodes.ACC_ABSTRACT) == 0) {
      for (WeavePoint weavePoint : points) {
        if (weavePoint.point().matches(name, descriptor)) {
          MethodShape method = new MethodShape(owner, access, name, descriptor);
          methods.add(method);
          return method;
        }
      }
    }
    return null;
  }
}
