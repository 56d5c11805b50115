package whorl.agent.hook.weave;

import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import net.bytebuddy.jar.asm.ClassReader;
import net.bytebuddy.jar.asm.ClassVisitor;
import net.bytebuddy.jar.asm.ClassWriter;
import net.bytebuddy.jar.asm.MethodVisitor;
import net.bytebuddy.jar.asm.Opcodes;
import org.jspecify.annotations.Nullable;

/**
 * A class file, woven with some join points, with the holder's calls redirected to {@link Recorder}
 * and loaded, so the JVM's verifier checks the woven code.
 */
record WovenClass(byte[] original, byte @Nullable [] woven, List<String> notFound) {
  private static final String RECORDER = Recorder.class.getName().replace('.', '/');

  static WovenClass of(byte[] original, JoinPoint... points) {
    Weaver weaver = new Weaver();
    for (int i = 0; i < points.length; i++) {
      weaver.add(points[i], i + 1);
    }
    String name = new ClassReader(original).getClassName();
    byte[] woven = weaver.weave(null, name, original);
    return new WovenClass(original, woven, weaver.notWoven());
  }

  /** The class file of one of the test classes. */
  static byte[] bytesOf(Class<?> type) throws IOException {
    try (InputStream in =
        type.getResourceAsStream(type.getName().replaceAll(".*\\.", "") + ".class")) {
      return in.readAllBytes();
    }
  }

  static String nameOf(Class<?> type) {
    return type.getName().replace('.', '/');
  }

  /** Loads and verifies the class beside those of the tests. */
  Class<?> load() throws ClassNotFoundException {
    byte[] bytes = woven == null ? original : turned(woven);
    String name = new ClassReader(original).getClassName().replace('/', '.');
    Class<?> type = new Loader(name, bytes).loadClass(name);
    // Links the class, which verifies it.
    type.getDeclaredMethods();
    return type;
  }

  private static byte[] turned(byte[] bytes) {
    ClassWriter writer = new ClassWriter(0);
    ClassVisitor turning =
        new ClassVisitor(Opcodes.ASM9, writer) {
          @Override
          public MethodVisitor visitMethod(
              int access, String name, String descriptor, String signature, String[] exceptions) {
            return new MethodVisitor(
                Opcodes.ASM9, super.visitMethod(access, name, descriptor, signature, exceptions)) {
              @Override
              public void visitMethodInsn(
                  int opcode, String owner, String called, String type, boolean isInterface) {
                String turned = owner.equals(HolderCalls.HOLDER) ? RECORDER : owner;
                super.visitMethodInsn(opcode, turned, called, type, isInterface);
              }
            };
          }
        };
    new ClassReader(bytes).accept(turning, 0);
    return writer.toByteArray();
  }

  private static final class Loader extends ClassLoader {
    private final String name;
    private final byte[] bytes;

    Loader(String name, byte[] bytes) {
      super(WovenClass.class.getClassLoader());
      this.name = name;
      this.bytes = bytes;
    }

    @Override
    public Class<?> loadClass(String wanted) throws ClassNotFoundException {
      if (!wanted.equals(name)) {
        return super.loadClass(wanted);
      }
      Class<?> loaded = findLoadedClass(name);
      return loaded == null ? defineClass(name, bytes, 0, bytes.length) : loaded;
    }
  }
}
