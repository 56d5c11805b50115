package whorl.lab.report;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import whorl.lab.cases.LabCase;
import whorl.lab.verdict.Observation;
import whorl.lab.verdict.Verdict;

/** Verdicts and observations as JSON files, one of each for a case and a version of Java. */
public final class Results {
  private final ObjectMapper json = new ObjectMapper();
  private final Path folder;

  public Results(Path folder) {
    this.folder = folder;
  }

  public Path observation(LabCase one, int java) throws IOException {
    Path file = folder.resolve(java + "/" + one.name() + ".observed.json");
    Files.createDirectories(file.getParent());
    return file;
  }

  public Observation readObservation(Path file) throws IOException {
    return json.readValue(file.toFile(), Observation.class);
  }

  public void write(Verdict verdict) throws IOException {
    Path file = file(verdict.name(), verdict.java());
    Files.createDirectories(file.getParent());
    json.writerWithDefaultPrettyPrinter().writeValue(file.toFile(), verdict);
  }

  /** The latest verdicts about these cases, on each version on which they were run. */
  public List<Verdict> read(List<LabCase> cases, List<Integer> versions) throws IOException {
    List<Verdict> verdicts = new ArrayList<>();
    for (LabCase one : cases) {
      for (int version : versions) {
        Verdict verdict = read(one.name(), version);
        if (verdict != null) {
          verdicts.add(verdict);
        }
      }
    }
    return verdicts;
  }

  private @Nullable Verdict read(String name, int java) throws IOException {
    Path file = file(name, java);
    return Files.exists(file) ? json.readValue(file.toFile(), Verdict.class) : null;
  }

  private Path file(String name, int java) {
    return folder.resolve(java + "/" + name + ".json");
  }
}
