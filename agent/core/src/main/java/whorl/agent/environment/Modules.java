package whorl.agent.environment;

/** Checks which modules this Java image has; a jlink image may lack any but java.base. */
public final class Modules {
  private Modules() {}

  public static boolean has(String module) {
    return ModuleLayer.boot().findModule(module).isPresent();
  }
}
