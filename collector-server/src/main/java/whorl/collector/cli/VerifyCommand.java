package whorl.collector.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
    name = "verify",
    header = "Check evidence on this machine; needs no server.",
    description = {
      "",
      "Checks every digest, the agent's signature and the custody chain of a bag (zip or"
          + " unpacked), an agent's evidence folder or a whole data folder of a collector.",
    },
    footer = {
      "%nExit status 3 when anything is wrong; each problem is named.",
      "%nExample:",
      "  whorl verify 0199f0a2-7c51-7e43-9d5e-0a4b6c2d1e0f.zip",
    })
@SuppressWarnings("NullAway.Init") // picocli sets what is required
final class VerifyCommand implements Callable<Integer> {
  private final Session session;
  private final Verifier verifier;

  @Parameters(paramLabel = "FILE|DIR", description = "What to check.", arity = "1..*")
  private List<Path> paths;

  @Option(names = "--json", description = "Print JSON.")
  private boolean json;

  VerifyCommand(Session session, Verifier verifier) {
    this.session = session;
    this.verifier = verifier;
  }

  @Override
  public Integer call() {
    List<Map<String, Object>> results = new java.util.ArrayList<>();
    boolean intact = true;
    for (Path path : paths) {
      Verifier.Verdict verdict = check(verifier, path);
      intact &= verdict.problems().isEmpty();
      if (json) {
        Map<String, Object> result = new LinkedHashMap<>();
        result.put("path", path.toString());
        result.put("intact", verdict.problems().isEmpty());
        result.put("checked", verdict.checked());
        result.put("problems", verdict.problems());
        results.add(result);
      } else {
        print(session.terminal(), path, verdict);
      }
    }
    if (json) {
      session.terminal().json(Map.of("results", results));
    }
    return intact ? ExitStatus.DONE : ExitStatus.VERIFICATION_FAILED;
  }

  /** The verdict; a path that cannot be checked is an error of its own. */
  static Verifier.Verdict check(Verifier verifier, Path path) {
    if (!Files.exists(path)) {
      throw CliException.failed(path + ": no such file or folder", null);
    }
    try {
      return verifier.verify(path);
    } catch (IOException e) {
      throw CliException.failed(
          "cannot check " + path + ": " + Problems.text(e),
          "give a bag, an evidence folder or a collector's data folder");
    }
  }

  /** One line if all is well, else every problem. */
  static void print(Terminal terminal, Path path, Verifier.Verdict verdict) {
    if (verdict.problems().isEmpty()) {
      terminal.line(path + ": intact");
      verdict.checked().forEach(line -> terminal.line("  " + line));
    } else {
      terminal.line(
          path
              + ": NOT intact, "
              + verdict.problems().size()
              + (verdict.problems().size() == 1 ? " problem" : " problems"));
      verdict.problems().forEach(line -> terminal.line("  " + line));
    }
  }
}
