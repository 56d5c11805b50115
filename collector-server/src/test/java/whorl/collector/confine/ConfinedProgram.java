package whorl.collector.confine;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Runs in the confined JVM and does what its first argument says. */
public final class ConfinedProgram {
  private ConfinedProgram() {}

  public static void main(String[] arguments) throws Exception {
    switch (arguments[0]) {
      case "say" -> {
        for (String word : List.of(arguments).subList(1, arguments.length)) {
          System.out.println(word);
        }
      }
      case "fail" -> throw new IllegalStateException("this can't be read\u001b[2J");
      case "hang" -> {
        System.out.println("hanging " + ProcessHandle.current().pid());
        Thread.sleep(Long.MAX_VALUE);
      }
      case "hoard" -> {
        List<byte[]> hoard = new ArrayList<>();
        while (true) {
          hoard.add(new byte[1 << 20]);
        }
      }
      case "flood" -> {
        while (true) {
          System.out.println("x".repeat(1000));
        }
      }
      case "fill" -> {
        try (OutputStream full = Files.newOutputStream(Path.of("/dev/full"))) {
          full.write('x');
        }
      }
      case "pretend" -> throw new IOException("field 'No space left on device' is unknown");
      case "environment" -> System.getenv().keySet().forEach(System.out::println);
      case "litter" -> {
        Path file = Files.createTempFile("litter", "");
        System.out.println(file);
      }
      case "priority" -> {
        String stat = Files.readString(Path.of("/proc/thread-self/stat"));
        System.out.println(stat.substring(stat.lastIndexOf(')')).split(" ")[17]);
      }
      default -> throw new IllegalArgumentException(arguments[0]);
    }
  }
}
