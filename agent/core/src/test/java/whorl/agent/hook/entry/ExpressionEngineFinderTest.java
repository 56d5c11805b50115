package whorl.agent.hook.entry;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import net.bytebuddy.jar.asm.ClassWriter;
import net.bytebuddy.jar.asm.MethodVisitor;
import net.bytebuddy.jar.asm.Opcodes;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** What makes a thread act, by the names of its frames. */
public class ExpressionEngineFinderTest {
  private static final String READER = "org/yaml/snakeyaml/constructor/Reader";
  private static final String BEAN = "acme/Bean";
  private static final String TEST = ExpressionEngineFinderTest.class.getName().replace('.', '/');
  private static final List<@Nullable String> FOUND = new ArrayList<>();

  /** The classes that this test makes call it. */
  public static void find() {
    FOUND.add(ExpressionEngineFinder.find());
  }

  private static final class Loader extends ClassLoader {
    Loader() {
      super(ExpressionEngineFinderTest.class.getClassLoader());
    }

    Class<?> define(byte[] bytes) {
      return defineClass(null, bytes, 0, bytes.length);
    }
  }

  @Test
  void readersOfObjects_areKnown() {
    assertThat(ExpressionEngineFinder.wordFor("java.io.ObjectInputStream"))
        .isEqualTo("deserialization");
    assertThat(
            ExpressionEngineFinder.wordFor(
                "org.yaml.snakeyaml.constructor.Constructor$ConstructSequence"))
        .isEqualTo("snakeyaml");
  }

  @Test
  void otherCode_isNone() {
    assertThat(ExpressionEngineFinder.wordFor("org.yaml.snakeyaml.Yaml")).isNull();
    assertThat(ExpressionEngineFinder.wordFor("a.Shop")).isNull();
  }

  /** Its look-ups are its own, while those of a method that YAML names come from YAML. */
  @Test
  void find_beanOfYamlIsInitialized_isNone() throws Exception {
    Loader loader = new Loader();
    loader.define(calling(BEAN, "set", TEST, "find", true));
    Class<?> reader = loader.define(calling(READER, "read", BEAN, "set", false));

    reader.getMethod("read").invoke(null);

    assertThat(FOUND).containsExactly(null, "snakeyaml");
  }

  /**
   * @param whenInitialized whether its class initialiser makes the call too
   */
  private static byte[] calling(
      String name, String method, String owner, String called, boolean whenInitialized) {
    ClassWriter writer = new ClassWriter(0);
    writer.visit(Opcodes.V17, Opcodes.ACC_PUBLIC, name, null, "java/lang/Object", null);
    List<String> methods = whenInitialized ? List.of("<clinit>", method) : List.of(method);
    for (String each : methods) {
      int access = Opcodes.ACC_STATIC | (each.equals(method) ? Opcodes.ACC_PUBLIC : 0);
      MethodVisitor code = writer.visitMethod(access, each, "()V", null, null);
      code.visitCode();
      code.visitMethodInsn(Opcodes.INVOKESTATIC, owner, called, "()V", false);
      code.visitInsn(Opcodes.RETURN);
      code.visitMaxs(0, 0);
      code.visitEnd();
    }
    writer.visitEnd();
    return writer.toByteArray();
  }
}
