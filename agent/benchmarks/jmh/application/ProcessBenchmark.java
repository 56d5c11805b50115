package application;

import java.io.IOException;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

/** A process started and waited for. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class ProcessBenchmark {
  private static final ProcessBuilder TRUE = new ProcessBuilder("/bin/true");

  @Benchmark
  public int startAndWait(Caller caller) throws IOException, InterruptedException {
    return TRUE.start().waitFor();
  }
}
