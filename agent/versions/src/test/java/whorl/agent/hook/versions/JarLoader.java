package whorl.agent.hook.versions;

import java.util.Map;
import net.bytebuddy.jar.asm.ClassWriter;
import net.bytebuddy.jar.asm.MethodVisitor;
import net.bytebuddy.jar.asm.Opcodes;

/**
 * Loads the classes of one jar alone. What the jar needs of others is made up, so that each class
 * can be verified: as an interface, to which the verifier assigns everything, but where {@link
 * Supertypes} knows better.
 */
final class JarLoader extends ClassLoader {
  private final Map<String, byte[]> classes;
  private final Supertypes supertypes;

  /**
   * @param classes class files by internal name
   */
  JarLoader(Map<String, byte[]> classes, Supertypes supertypes) {
    super(ClassLoader.getPlatformClassLoader());
    this.classes = classes;
    this.supertypes = supertypes;
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
    String above = supertypes.of(name);
    if (above == null) {
      int access = Opcodes.ACC_PUBLIC | Opcodes.ACC_INTERFACE | Opcodes.ACC_ABSTRACT;
      writer.visit(Opcodes.V1_8, access, name, null, "java/lang/Object", null);
    } else {
      int access = Opcodes.ACC_PUBLIC | Opcodes.ACC_SUPER;
      writer.visit(Opcodes.V1_8, access, name, null, above, null);
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
