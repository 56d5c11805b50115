package whorl.rules.logsource;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import whorl.event.AgentEvent;
import whorl.event.EventType;
import whorl.rules.match.DerivedField;
import whorl.rules.match.Field;
import whorl.rules.match.Fields;
import whorl.rules.match.RequiredTexts;

/**
 * The file of a started program. It is the first word of the command; a bare name such as {@code
 * sh} is searched by the system in its path, so it has one value for each folder that a path
 * usually names.
 */
final class ProgramImage extends DerivedField {
  static final ProgramImage OF_COMMAND = new ProgramImage();

  private static final int COMMAND = EventType.PROCESS_START.indexOf("command");
  private static final Field COMMAND_FIELD = Fields.own(EventType.PROCESS_START, "command");
  private static final List<String> FOLDERS =
      List.of("/usr/bin/", "/bin/", "/usr/sbin/", "/sbin/", "/usr/local/bin/");
  private static final int CHARS_MIN = 4;

  private ProgramImage() {}

  @Override
  public @Nullable Object value(AgentEvent event) {
    if (!(event.value(COMMAND) instanceof String command)) {
      return null;
    }
    int blank = command.indexOf(' ');
    String program = blank < 0 ? command : command.substring(0, blank);
    if (program.isEmpty()) {
      return null;
    }
    if (program.indexOf('/') >= 0) {
      return program;
    }
    List<String> images = new ArrayList<>(FOLDERS.size());
    for (String folder : FOLDERS) {
      images.add(folder + program);
    }
    return images;
  }

  /** The command has what follows the last slash of a text, unless that is in a folder's name. */
  @Override
  public @Nullable RequiredTexts required(List<String> texts) {
    List<String> names = new ArrayList<>();
    for (String text : texts) {
      String name = text.substring(text.lastIndexOf('/') + 1);
      if (name.length() < CHARS_MIN || isInFolder(name)) {
        return null;
      }
      names.add(name);
    }
    return RequiredTexts.of(COMMAND_FIELD, names);
  }

  private static boolean isInFolder(String name) {
    for (String folder : FOLDERS) {
      if (folder.contains(name)) {
        return true;
      }
    }
    return false;
  }
}
