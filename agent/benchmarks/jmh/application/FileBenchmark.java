package application;

import java.io.FileInputStream;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.RandomAccessFile;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.TearDown;

/** A file opened and closed, each way there is. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class FileBenchmark {
  @Param({"0", "50"})
  int depth;

  private Path file;
  private String name;

  @Setup
  public void make() throws IOException {
    file = Files.createTempFile("benchmark", ".html");
    name = file.toString();
  }

  @TearDown
  public void delete() throws IOException {
    Files.deleteIfExists(file);
  }

  @Benchmark
  public Object inputStream(Caller caller) throws Exception {
    return Caller.down(depth, this::throughInputStream);
  }

  @Benchmark
  public Object inputStreamPaced(Caller caller, Pace pace) throws Exception {
    return Caller.down(depth, this::throughInputStream);
  }

  @Benchmark
  public Object outputStream(Caller caller) throws Exception {
    return Caller.down(
        depth,
        () -> {
          FileOutputStream out = new FileOutputStream(name, true);
          out.close();
          return out;
        });
  }

  @Benchmark
  public Object randomAccess(Caller caller) throws Exception {
    return Caller.down(
        depth,
        () -> {
          RandomAccessFile open = new RandomAccessFile(name, "r");
          open.close();
          return open;
        });
  }

  @Benchmark
  public Object channel(Caller caller) throws Exception {
    return Caller.down(
        depth,
        () -> {
          FileChannel open = FileChannel.open(file, StandardOpenOption.READ);
          open.close();
          return open;
        });
  }

  @Benchmark
  public Object newInputStream(Caller caller) throws Exception {
    return Caller.down(depth, this::throughNewInputStream);
  }

  @Benchmark
  public Object newInputStreamPaced(Caller caller, Pace pace) throws Exception {
    return Caller.down(depth, this::throughNewInputStream);
  }

  private Object throughInputStream() throws IOException {
    FileInputStream in = new FileInputStream(name);
    in.close();
    return in;
  }

  private Object throughNewInputStream() throws IOException {
    InputStream in = Files.newInputStream(file);
    in.close();
    return in;
  }
}
