package whorl.collector.confine;

import java.io.IOException;

/** Takes the lines of a confined JVM's standard output as they come, one after the other. */
@FunctionalInterface
public interface LineConsumer {
  /**
   * @param line without its end, cut at {@link ConfinedJvm#LINE_MAX_CHARS}; as hostile as the input
   * @throws IOException to end the run; it is thrown on by {@link ConfinedJvm#run}
   */
  void line(String line) throws IOException;
}
