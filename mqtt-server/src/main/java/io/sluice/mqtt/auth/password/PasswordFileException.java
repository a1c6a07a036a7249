package io.sluice.mqtt.auth.password;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/** A password file cannot be used: all that is wrong with it. Nothing of it is in force. */
public final class PasswordFileException extends IOException {

    /**
     * One thing that is wrong.
     *
     * @param line counted from 1
     * @param found without anything that may be a password or a hash
     */
    public record Problem(Path file, int line, String found, String expected) {

        @Override
        public String toString() {
            return file + ":" + line + ": " + found + " (expected: " + expected + ")";
        }
    }

    private final transient List<Problem> problems;

    PasswordFileException(List<Problem> problems) {
        super(String.join("\n", problems.stream().map(Problem::toString).toList()));
        this.problems = List.copyOf(problems);
    }

    public List<Problem> problems() {
        return problems;
    }
}
