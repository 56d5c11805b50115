package application;

import java.io.IOException;
import java.io.InputStream;
import java.lang.invoke.MethodHandles;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Setup;

/** Classes made, and looked into. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class CodeBenchmark {
  private byte[] bytes;
  private Class<?> type;

  @Setup
  public void read() throws IOException {
    try (InputStream in = CodeBenchmark.class.getResourceAsStream("Made.class")) {
      bytes = in.readAllBytes();
    }
    type = String.class;
  }

  @Benchmark
  public Object defineClass(Caller caller) {
    return new OneClass().define(bytes);
  }

  @Benchmark
  public Object defineHiddenClass(Caller caller) throws IllegalAccessException {
    return MethodHandles.lookup().defineHiddenClass(bytes, false).lookupClass();
  }

  @Benchmark
  public Object getMethod(Caller caller) throws NoSuchMethodException {
    return type.getMethod("length");
  }

  /** A loader that says nothing of where its class came from. */
  private static final class OneClass extends ClassLoader {
    OneClass() {
      super(CodeBenchmark.class.getClassLoader());
    }

    Class<?> define(byte[] bytes) {
      return defineClass("application.Made", bytes, 0, bytes.length);
    }
  }
}
