package application;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.TearDown;

/** Hooked methods that are called for much that is no event: writing, deserializing, messages. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class StreamBenchmark {
  private static final byte[] TEXT = new byte[64];

  private FileOutputStream out;
  private byte[] serialized;
  private final Exception failure = new IllegalStateException("of no concern");

  @Setup
  public void open() throws IOException {
    out = new FileOutputStream("/dev/null");
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ObjectOutputStream objects = new ObjectOutputStream(bytes)) {
      objects.writeObject(new ArrayList<>(List.of("one", "two", 3, 4L)));
    }
    serialized = bytes.toByteArray();
  }

  @TearDown
  public void close() throws IOException {
    out.close();
  }

  @Benchmark
  public void writeToFile(Caller caller) throws IOException {
    out.write(TEXT);
  }

  @Benchmark
  public Object deserialize(Caller caller) throws IOException, ClassNotFoundException {
    try (ObjectInputStream in = new ObjectInputStream(new ByteArrayInputStream(serialized))) {
      return in.readObject();
    }
  }

  @Benchmark
  public String messageOfThrowable(Caller caller) {
    return failure.getMessage();
  }
}
