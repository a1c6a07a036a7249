package io.sluice.app;

import io.sluice.app.cli.SluiceCommand;
import io.sluice.app.runtime.SluiceRunner;

/** The process's entry point. */
public final class Main {

    private Main() {}

    public static void main(String[] arguments) {
        Runner runner = new SluiceRunner(System.out, System.err);
        System.exit(SluiceCommand.commandLine(System.getenv(), runner).execute(arguments));
    }
}
