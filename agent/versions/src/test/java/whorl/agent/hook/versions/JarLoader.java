package whorl.agent.hook.versions;

import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import net.bytebuddy.jar.asm.ClassReader;
import net.bytebuddy.jar.asm.ClassWriter;
import net.bytebuddy.jar.asm.MethodVisitor;
import net.bytebuddy.jar.asm.Opcodes;

/**
 * Loads the classes of one jar alone. What the jar needs of others is made up, so that each class
 * can be verified: as a class where the jar extends it, else as an interface, to which the verifier
 * assigns everything.
 */
final class JarLoader extends ClassLoader {
  private final Map<String, byte[]> classes;
  private final Set<String> extended = new HashSet<>();

  /**
   * @param classes class files by internal name
   */
  JarLoader(Map<String, byte[]> classes) {
    super(ClassLoader.getPlatformClassLoader());
    this.classes = classes;
    for (byte[] bytes : classes.values()) {
      ClassReader reader = new ClassReader(bytes);
      if ((reader.getAccess() & Opcodes.ACC_INTERFACE) == 0 && reader.getSuperName() != null) {
        extended.add(reader.getSuperName());
      }
    }
  }

  /** Loads and verifies the class; it is not initialized. */
  void verify(String internalName) throws ClassNotFoundException {
    Class.forName(internalName.replace('/', '.'), false, this).getDeclaredMethods();
  }

  @Override
  protected Class<?> findClass(String name) {
    String internal = name.replace('.', '/');
    byte[] known = classes.get(internal);
    byte[] bytes = known == null ? madeUp(internal) : known;
    return defineClass(name, bytes, 0, bytes.length);
  }

  private byte[] madeUp(String name) {
    ClassWriter writer = new ClassWriter(0);
    boolean isClass = extended.contains(name);
    int access =
        isClass
            ? Opcodes.ACC_PUBLIC | Opcodes.ACC_SUPER
            : Opcodes.ACC_PUBLIC | Opcodes.ACC_INTERFACE | Opcodes.ACC_ABSTRACT;
    String above = name.endsWith("Exception") ? "java/lang/RuntimeException" : "java/lang/Object";
    writer.visit(Opcodes.V1_8, access, name, null, isClass ? above : "java/lang/Object", null);
    if (isClass) {
      MethodVisitor made = writer.visitMethod(Opcodes.ACC_PUBLIC, "<init>", "()V", null, null);
      made.visitCode();
      made.visitVarInsn(Opcodes.ALOAD, 0);
      made.visitMethodInsn(Opcodes.INVOKESPECIAL, above, "<init>", "()V", false);
      made.visitInsn(Opcodes.RETURN);
      made.visitMaxs(1, 1);
      made.visitEnd();
    }
    writer.visitEnd();
    return writer.toByteArray();
  }
}
