import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;

/**
 * What a JVM holds at a moment, by the kernel and by the JVM's counters, which are read without
 * attaching to it.
 */
final class Vitals {
  static final String RESIDENT = "resident, MiB";
  static final String HEAP = "used heap, MiB";
  static final String METASPACE = "metaspace, MiB";
  static final String CODE = "compiled code, MiB";
  static final String CLASSES = "classes";
  static final String THREADS = "threads";
  static final String DESCRIPTORS = "descriptors";

  private static final double KIBIBYTES = 1024;

  private Vitals() {}

  /**
   * @param home of a JDK that has jstat
   * @throws IOException if the JVM has ended
   */
  static Map<String, Double> of(Path home, long pid) throws IOException, InterruptedException {
    Path proc = Path.of("/proc", String.valueOf(pid));
    Map<String, Double> vitals = new LinkedHashMap<>();
    String status = Files.readString(proc.resolve("status"));
    vitals.put(RESIDENT, Application.figure(status, "VmRSS:") / KIBIBYTES);
    Map<String, Double> heap = jstat(home, pid, "-gc");
    vitals.put(HEAP, (heap.get("S0U") + heap.get("S1U") + heap.get("EU") + heap.get("OU")) / KIBIBYTES);
    vitals.put(METASPACE, heap.get("MU") / KIBIBYTES);
    vitals.put(CODE, executableKibibytes(proc) / KIBIBYTES);
    Map<String, Double> classes = jstat(home, pid, "-class");
    vitals.put(CLASSES, classes.get("Loaded") - classes.get("Unloaded"));
    vitals.put(THREADS, Application.figure(status, "Threads:"));
    try (Stream<Path> descriptors = Files.list(proc.resolve("fd"))) {
      vitals.put(DESCRIPTORS, (double) descriptors.count());
    }
    return vitals;
  }

  /** The bytes of a folder's files, in MiB; files that go meanwhile are left out. */
  static double mebibytes(Path folder) throws IOException {
    AtomicLong bytes = new AtomicLong();
    Files.walkFileTree(
        folder,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
            bytes.addAndGet(attributes.size());
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult visitFileFailed(Path file, IOException gone) {
            return FileVisitResult.CONTINUE;
          }
        });
    return bytes.get() / KIBIBYTES / KIBIBYTES;
  }

  /** Numbers by their headings; of two with one heading the first. */
  private static Map<String, Double> jstat(Path home, long pid, String option)
      throws IOException, InterruptedException {
    Process asked =
        new ProcessBuilder(home.resolve("bin/jstat").toString(), option, String.valueOf(pid))
            .redirectErrorStream(true)
            .start();
    Map<String, Double> numbers = new LinkedHashMap<>();
    try (BufferedReader lines = asked.inputReader()) {
      String head = lines.readLine();
      String line = lines.readLine();
      if (line == null) {
        throw new IOException("jstat " + option + " " + pid + ": " + head);
      }
      String[] headings = head.strip().split("\\s+");
      String[] values = line.strip().split("\\s+");
      for (int i = 0; i < headings.length; i++) {
        if (!values[i].equals("-")) {
          numbers.putIfAbsent(headings[i], Double.parseDouble(values[i]));
        }
      }
    }
    asked.waitFor();
    return numbers;
  }

  /** Resident memory that is writable and executable: a JVM has its compiled code there, and no more. */
  private static double executableKibibytes(Path proc) throws IOException {
    double sum = 0;
    boolean executable = false;
    for (String line : Files.readAllLines(proc.resolve("smaps"))) {
      String[] words = line.strip().split("\\s+");
      if (words.length > 1 && words[1].matches("[r-][w-][x-][ps]")) {
        executable = words[1].startsWith("rwx");
      } else if (executable && words[0].equals("Rss:")) {
        sum += Double.parseDouble(words[1]);
      }
    }
    return sum;
  }
}
