package whorl.agent.heap;

import java.io.IOException;
import java.lang.reflect.Method;
import java.nio.channels.Channel;
import java.nio.channels.Pipe;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import whorl.agent.capture.jvm.PackageOpener;

/**
 * The two pipes of one dump, and the names under which HotSpot opens them:
 *
 * <pre>
 * FOLDER/heap.hprof     → /proc/self/fd/A    the whole dump, or from 22 on its class part
 * FOLDER/heap.hprof.p0  → /proc/self/fd/B    from 22 on its object part
 * </pre>
 *
 * <p>No read end may stay open in this process. With one, the reader's death would not break the
 * pipe, and HotSpot would wait at its safepoint forever. So the read ends are closed as soon as the
 * reader has opened them, and then {@code /proc} is checked for them.
 */
final class DumpPipes implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(DumpPipes.class);
  private static final String MAIN = "heap.hprof";
  private static final String SEGMENT = "heap.hprof.p0";
  private static final int CHECKS = 10;
  private static final long BETWEEN_CHECKS_MILLIS = 50;

  private final Pipe main;
  private final Pipe segment;
  private final int[] sources;
  private final int[] sinks;
  private final Path folder;

  private DumpPipes(Pipe main, Pipe segment, int[] sources, int[] sinks, Path folder) {
    this.main = main;
    this.segment = segment;
    this.sources = sources;
    this.sinks = sinks;
    this.folder = folder;
  }

  /**
   * @param writable the folder for the two names, which take no space
   * @throws IOException if descriptors or names cannot be created
   */
  static DumpPipes open(Path writable, PackageOpener opener) throws IOException {
    List<Pipe> opened = new ArrayList<>();
    Path folder = null;
    try {
      Pipe main = opened(opened);
      Pipe segment = opened(opened);
      int[] sources = {number(main.source(), opener), number(segment.source(), opener)};
      int[] sinks = {number(main.sink(), opener), number(segment.sink(), opener)};
      folder = Files.createTempDirectory(writable, ".whorl-heap");
      DumpPipes pipes = new DumpPipes(main, segment, sources, sinks, folder);
      Files.createSymbolicLink(folder.resolve(MAIN), Path.of("/proc/self/fd/" + sinks[0]));
      Files.createSymbolicLink(folder.resolve(SEGMENT), Path.of("/proc/self/fd/" + sinks[1]));
      return pipes;
    } catch (IOException | RuntimeException e) {
      if (folder != null) {
        remove(folder);
      }
      for (Pipe pipe : opened) {
        pipe.source().close();
        pipe.sink().close();
      }
      throw e;
    }
  }

  private static Pipe opened(List<Pipe> opened) throws IOException {
    Pipe pipe = Pipe.open();
    opened.add(pipe);
    return pipe;
  }

  /** The descriptors that the reader opens. */
  int mainSource() {
    return sources[0];
  }

  int segmentSource() {
    return sources[1];
  }

  /** The path that HotSpot writes to. */
  Path dump() {
    return folder.resolve(MAIN);
  }

  /**
   * Closes this process's read ends, once the reader has opened them.
   *
   * @param reader the reader's process id
   * @throws IOException if a process other than the reader can still read from a pipe, which would
   *     keep HotSpot waiting after the reader's death
   */
  void handOver(long reader) throws IOException, InterruptedException {
    String[] names = {name(sources[0]), name(sources[1])};
    main.source().close();
    segment.source().close();
    for (String name : names) {
      String holder = otherHolder(name, reader);
      // A process that is just being started still holds descriptors that it will close.
      for (int i = 0; i < CHECKS && holder != null; i++) {
        Thread.sleep(BETWEEN_CHECKS_MILLIS);
        holder = otherHolder(name, reader);
      }
      if (holder != null) {
        throw new IOException(holder + " can read from the dump's pipe too, so no dump is begun");
      }
    }
  }

  /** Closes this process's write ends, so that the reader sees the end of the dump. */
  void closeSinks() throws IOException {
    main.sink().close();
    segment.sink().close();
  }

  /**
   * Removes the names first. If a descriptor were closed before, its number could belong to a file
   * of the application by the time HotSpot opens the name, and that file would be truncated.
   */
  @Override
  public void close() {
    remove(folder);
    try {
      main.source().close();
      segment.source().close();
      closeSinks();
    } catch (IOException e) {
      log.debug("a pipe did not close", e);
    }
  }

  private static String name(int descriptor) throws IOException {
    return Files.readSymbolicLink(Path.of("/proc/self/fd/" + descriptor)).toString();
  }

  /**
   * The holder of an unexpected read end: only this process's write ends and the reader are
   * allowed.
   */
  private static @Nullable String otherHolder(String pipe, long reader) throws IOException {
    long self = ProcessHandle.current().pid();
    try (DirectoryStream<Path> processes = Files.newDirectoryStream(Path.of("/proc"), "[1-9]*")) {
      for (Path process : processes) {
        long id = Long.parseLong(String.valueOf(process.getFileName()));
        if (id != reader && holds(process, pipe, id == self)) {
          return id == self ? "this JVM" : "process " + id;
        }
      }
    } catch (DirectoryIteratorException | NumberFormatException e) {
      throw new IOException("/proc cannot be read: " + e, e);
    }
    return null;
  }

  private static boolean holds(Path process, String pipe, boolean readEndsOnly) {
    try (DirectoryStream<Path> descriptors = Files.newDirectoryStream(process.resolve("fd"))) {
      for (Path descriptor : descriptors) {
        if (Files.readSymbolicLink(descriptor).toString().equals(pipe)
            && !(readEndsOnly && writes(process, descriptor))) {
          return true;
        }
      }
    } catch (IOException | DirectoryIteratorException notOurs) {
      // A process of another user, which cannot have our descriptor, or one that has ended.
      return false;
    }
    return false;
  }

  /** Reads {@code flags:}, in octal; the last digit is 1 for a descriptor that only writes. */
  private static boolean writes(Path process, Path descriptor) throws IOException {
    Path entry = process.resolve("fdinfo").resolve(String.valueOf(descriptor.getFileName()));
    for (String line : Files.readAllLines(entry)) {
      if (line.startsWith("flags:")) {
        return line.endsWith("1");
      }
    }
    return false;
  }

  /** The number of a channel's descriptor, from {@code sun.nio.ch.SelChImpl}. */
  private static int number(Channel channel, PackageOpener opener) throws IOException {
    try {
      opener.open("java.base", "sun.nio.ch");
      Method number = Class.forName("sun.nio.ch.SelChImpl").getMethod("getFDVal");
      number.setAccessible(true);
      return (int) number.invoke(channel);
    } catch (ReflectiveOperationException | RuntimeException e) {
      throw new IOException("cannot find the descriptor of a pipe in this JVM: " + e, e);
    }
  }

  private static void remove(Path folder) {
    for (String name : List.of(MAIN, SEGMENT, "")) {
      try {
        Files.deleteIfExists(folder.resolve(name));
      } catch (IOException e) {
        log.debug("{} cannot be removed", folder.resolve(name), e);
      }
    }
  }
}
