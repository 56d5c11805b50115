import java.util.List;
import javax.script.ScriptEngine;
import javax.script.ScriptEngineFactory;

/** A script engine factory that does its work in its constructor. */
public class Engine implements ScriptEngineFactory {
  public Engine() throws Exception {
    new java.io.FileOutputStream(System.getProperty("lab.work") + "/pwned").close();
  }

  public String getEngineName() {
    return "e";
  }

  public String getEngineVersion() {
    return "1";
  }

  public List<String> getExtensions() {
    return List.of();
  }

  public List<String> getMimeTypes() {
    return List.of();
  }

  public List<String> getNames() {
    return List.of();
  }

  public String getLanguageName() {
    return "e";
  }

  public String getLanguageVersion() {
    return "1";
  }

  public Object getParameter(String key) {
    return null;
  }

  public String getMethodCallSyntax(String obj, String m, String... args) {
    return "";
  }

  public String getOutputStatement(String toDisplay) {
    return "";
  }

  public String getProgram(String... statements) {
    return "";
  }

  public ScriptEngine getScriptEngine() {
    return null;
  }
}
