package whorl.agent.hook.code;

import static org.assertj.core.api.Assertions.assertThat;

import java.security.SecureClassLoader;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Whether code asks for the definition of a class of the boot loader. */
class DefiningFrameTest {
  private static final StackWalker.StackFrame NATIVE = frame(ClassLoader.class, "defineClass1");
  private static final StackWalker.StackFrame CODE = frame(Thread.class, "run");

  @Test
  void nativeMethodThatCodeCalls_defines() {
    assertThat(isDefined(NATIVE, CODE)).isTrue();
    assertThat(isDefined(frame(ClassLoader.class, "defineClass0"), CODE)).isTrue();
    assertThat(isDefined(NATIVE)).isTrue();
  }

  /** Such as the class of the error that the file is too new. */
  @Test
  void classThatTheVmLoadsWhileALoaderDefinesAnother_isNotDefined() {
    StackWalker.StackFrame ofLoader = frame(ClassLoader.class, "defineClass");

    assertThat(isDefined(NATIVE, ofLoader, frame(SecureClassLoader.class, "defineClass"), CODE))
        .isFalse();
    assertThat(isDefined(NATIVE, CODE, ofLoader)).isTrue();
  }

  @Test
  void otherFrames_defineNothing() {
    assertThat(isDefined(CODE, NATIVE)).isFalse();
    assertThat(isDefined()).isFalse();
  }

  private static boolean isDefined(StackWalker.StackFrame... frames) {
    return new DefiningFrame().apply(Stream.of(frames));
  }

  private static StackWalker.StackFrame frame(Class<?> type, String method) {
    return new StackWalker.StackFrame() {
      @Override
      public String getClassName() {
        return type.getName();
      }

      @Override
      public String getMethodName() {
        return method;
      }

      @Override
      public Class<?> getDeclaringClass() {
        return type;
      }

      @Override
      public int getByteCodeIndex() {
        return 0;
      }

      @Override
      public String getFileName() {
        return "A.java";
      }

      @Override
      public int getLineNumber() {
        return 1;
      }

      @Override
      public boolean isNativeMethod() {
        return false;
      }

      @Override
      public StackTraceElement toStackTraceElement() {
        return new StackTraceElement(type.getName(), method, "A.java", 1);
      }
    };
  }
}
