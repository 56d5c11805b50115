package whorl.agent.hook.versions;

import java.util.HashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import net.bytebuddy.jar.asm.ClassReader;
import net.bytebuddy.jar.asm.ClassVisitor;
import net.bytebuddy.jar.asm.Label;
import net.bytebuddy.jar.asm.MethodVisitor;
import net.bytebuddy.jar.asm.Opcodes;
import org.jspecify.annotations.Nullable;

/**
 * What is known of classes that a jar needs and does not hold: what it extends is a class, what it
 * catches is thrown, and of some the verifier says what it expects.
 */
final class Supertypes {
  private static final String OBJECT = "java/lang/Object";
  private static final Pattern EXPECTED =
      Pattern.compile("Type '([^']+)' \\(.*\\) is not assignable to '([^']+)'");

  private final Map<String, byte[]> classes;
  private final Map<String, String> known = new HashMap<>();

  Supertypes(Map<String, byte[]> classes) {
    this.classes = classes;
    for (byte[] bytes : classes.values()) {
      ClassReader reader = new ClassReader(bytes);
      if ((reader.getAccess() & Opcodes.ACC_INTERFACE) == 0 && reader.getSuperName() != null) {
        known.putIfAbsent(reader.getSuperName(), OBJECT);
      }
    }
    for (byte[] bytes : classes.values()) {
      new ClassReader(bytes).accept(new Catches(), ClassReader.SKIP_DEBUG);
    }
  }

  /** The class above; null for an interface. */
  @Nullable String of(String name) {
    return known.get(name);
  }

  /** Learns from what the verifier says; whether it did. */
  boolean learn(LinkageError failure) {
    Matcher expected = EXPECTED.matcher(String.valueOf(failure.getMessage()));
    if (!expected.find()) {
      return false;
    }
    String type = expected.group(1);
    while (classes.containsKey(type)) {
      type = new ClassReader(classes.get(type)).getSuperName();
    }
    if (expected.group(2).equals(known.get(type))) {
      return false;
    }
    known.putIfAbsent(expected.group(2), OBJECT);
    known.put(type, expected.group(2));
    return true;
  }

  private final class Catches extends ClassVisitor {
    Catches() {
      super(Opcodes.ASM9);
    }

    @Override
    public MethodVisitor visitMethod(
        int access,
        String name,
        String descriptor,
        @Nullable String signature,
        String @Nullable [] exceptions) {
      if (exceptions != null) {
        for (String thrown : exceptions) {
          known.put(thrown, "java/lang/RuntimeException");
        }
      }
      return new MethodVisitor(Opcodes.ASM9) {
        @Override
        public void visitTryCatchBlock(
            Label start, Label end, Label handler, @Nullable String caught) {
          if (caught != null) {
            known.put(caught, "java/lang/RuntimeException");
          }
        }
      };
    }
  }
}
