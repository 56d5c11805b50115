package whorl.agent.hook.versions;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import net.bytebuddy.jar.asm.ClassReader;
import net.bytebuddy.jar.asm.ClassVisitor;
import net.bytebuddy.jar.asm.Label;
import net.bytebuddy.jar.asm.MethodVisitor;
import net.bytebuddy.jar.asm.Opcodes;
import org.jspecify.annotations.Nullable;

/** The methods of a woven class that call the holder class, and whether a handler is around. */
final class HolderCallsOf extends ClassVisitor {
  private static final String HOLDER = "java/lang/WhorlHooks";

  /** Around a call of another method there is no handler; see the weaving of methods. */
  private static final String WITHOUT_HANDLER = "task";

  private final Set<String> methods = new TreeSet<>();
  private boolean isOld;
  private final List<String> unguarded = new ArrayList<>();

  private HolderCallsOf() {
    super(Opcodes.ASM9);
  }

  static HolderCallsOf in(byte[] woven) {
    HolderCallsOf calls = new HolderCallsOf();
    new ClassReader(woven).accept(calls, ClassReader.SKIP_DEBUG | ClassReader.SKIP_FRAMES);
    return calls;
  }

  /** Names with descriptors. */
  Set<String> methods() {
    return methods;
  }

  /** Calls that could throw into the application. */
  List<String> unguarded() {
    return unguarded;
  }

  @Override
  public void visit(
      int version,
      int access,
      String name,
      @Nullable String signature,
      String above,
      String[] interfaces) {
    isOld = (version & 0xFFFF) < Opcodes.V1_6;
  }

  @Override
  public MethodVisitor visitMethod(
      int access,
      String name,
      String descriptor,
      @Nullable String signature,
      String @Nullable [] exceptions) {
    return new MethodVisitor(Opcodes.ASM9) {
      private final List<Label[]> handlers = new ArrayList<>();
      private final Set<Label> passed = new HashSet<>();

      @Override
      public void visitTryCatchBlock(
          Label start, Label end, Label handler, @Nullable String caught) {
        if (caught == null) {
          handlers.add(new Label[] {start, end});
        }
      }

      @Override
      public void visitLabel(Label label) {
        passed.add(label);
      }

      @Override
      public void visitMethodInsn(
          int opcode, String owner, String called, String type, boolean isInterface) {
        if (owner.equals(HOLDER)) {
          methods.add(name + descriptor);
          // The verifier of old classes allows no handler where a constructor begins.
          if (!called.equals(WITHOUT_HANDLER)
              && !(isOld && name.equals("<init>"))
              && handlers.stream()
                  .noneMatch(one -> passed.contains(one[0]) && !passed.contains(one[1]))) {
            unguarded.add(name + descriptor + " calls " + called);
          }
        }
      }
    };
  }
}
