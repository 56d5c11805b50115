package whorl.evidence;

import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Setup;

/** SHA-256 as the agent takes it of a class's bytes, and of a megabyte of an artifact. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class HashBenchmark {
  @Param({"4096", "1048576"})
  int bytes;

  private byte[] content;

  @Setup
  public void make() {
    content = new byte[bytes];
    new Random(1).nextBytes(content);
  }

  @Benchmark
  public Digest sha256() {
    return Digest.of(content);
  }
}
