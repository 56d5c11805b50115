package whorl.behaviour.starts;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/**
 * One start, drawn from its number, so that a run that was cut goes on with the same starts.
 *
 * @param number from 0, for each count of processors
 * @param collector whether the agent has one
 * @param ending how {@link Program#QUICK} ends
 * @param jvm what the JVM is asked to do beside
 * @param patience the agent's {@code start.patience}
 * @param workMillis how long a program works, or is asked
 */
record Start(
    int number,
    Jdk jdk,
    int processors,
    boolean collector,
    Program program,
    String ending,
    Jvm jvm,
    String patience,
    long workMillis) {
  private static final List<String> ENDINGS = List.of("exit", "return", "uncaught");

  /** Each moves the moment at which the rest of the agent starts. */
  private static final List<String> PATIENCE = List.of("0s", "300ms", "1s", "2s", "30s");

  private static final long WORK_LEAST_MILLIS = 2000;
  private static final long WORK_MOST_MILLIS = 4000;

  /** Options that move threads against each other, or let the JVM print to a file meanwhile. */
  enum Jvm {
    PLAIN,
    FIRST_COMPILER,
    SERIAL,
    CLASS_LOAD_LOG,
    COMPILATION_LOG,
    INTERPRETER;

    List<String> options(Path folder) {
      return switch (this) {
        case PLAIN -> List.of();
        case FIRST_COMPILER -> List.of("-XX:TieredStopAtLevel=1");
        case SERIAL -> List.of("-XX:+UseSerialGC");
        case CLASS_LOAD_LOG ->
            List.of("-Xlog:class+load=info:file=" + folder.resolve("class-loads.log"));
        case COMPILATION_LOG ->
            List.of(
                "-XX:+PrintCompilation",
                "-XX:+UnlockDiagnosticVMOptions",
                "-XX:+LogVMOutput",
                "-XX:-DisplayVMOutput",
                "-XX:LogFile=" + folder.resolve("compilations.log"));
        case INTERPRETER -> List.of("-Xint");
      };
    }
  }

  /**
   * The start of this number.
   *
   * @param collectors without, with, or both
   */
  static Start numbered(
      int number,
      int processors,
      List<Jdk> jdks,
      List<Boolean> collectors,
      List<Program> programs) {
    int rest = number;
    Jdk jdk = jdks.get(rest % jdks.size());
    rest /= jdks.size();
    boolean collector = collectors.get(rest % collectors.size());
    SplittableRandom random = new SplittableRandom(31L * number + processors);
    Program program = Program.drawn(programs, random);
    return new Start(
        number,
        jdk,
        processors,
        collector,
        program,
        ENDINGS.get(random.nextInt(ENDINGS.size())),
        jvm(random, program),
        PATIENCE.get(random.nextInt(PATIENCE.size())),
        random.nextLong(WORK_LEAST_MILLIS, WORK_MOST_MILLIS));
  }

  private static Jvm jvm(SplittableRandom random, Program program) {
    int percent = random.nextInt(100);
    if (percent < 30) {
      return Jvm.PLAIN;
    } else if (percent < 45) {
      return Jvm.FIRST_COMPILER;
    } else if (percent < 60) {
      return Jvm.SERIAL;
    } else if (percent < 75) {
      return Jvm.CLASS_LOAD_LOG;
    } else if (percent < 95 || program == Program.SHOP) {
      // The shop takes minutes to start in the interpreter.
      return Jvm.COMPILATION_LOG;
    }
    return Jvm.INTERPRETER;
  }

  /** By which a state file knows it. */
  String key() {
    return processors + "/" + number;
  }

  /** Starts with equal keys print the same and end with the same status. */
  String outcomeKey() {
    return switch (program) {
      case QUICK -> jdk.feature() + " quick " + ending;
      case CROWD -> jdk.feature() + " crowd " + turnsMillis();
      case SERVER, SHOP -> jdk.feature() + " " + program.word();
    };
  }

  /** What the program ends with when nothing goes wrong. */
  int expectedStatus() {
    return switch (program) {
      case QUICK -> ending.equals("exit") ? 3 : ending.equals("uncaught") ? 1 : 0;
      case CROWD -> 3;
      case SERVER -> 0;
      case SHOP -> 128 + 15;
    };
  }

  /** Few different values, since a run without the agent is needed for each. */
  long turnsMillis() {
    return workMillis / 1000 * 1000;
  }

  /** In words, for a report. */
  List<String> words() {
    List<String> words = new ArrayList<>();
    words.add("Java " + jdk.feature());
    words.add(processors + (processors == 1 ? " processor" : " processors"));
    words.add(collector ? "collector" : "no collector");
    words.add(program == Program.QUICK ? "quick " + ending : program.word());
    words.add(jvm.name());
    words.add("patience " + patience);
    return words;
  }
}
