package io.sluice.app.config;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Pattern;

/** The token of the management port, in a file of its own. */
public final class ManagementToken {

    /** What may stand behind "Bearer" (RFC 6750), and is not guessed. */
    private static final Pattern FORM = Pattern.compile("[A-Za-z0-9\\-._~+/]{16,1024}=*");

    private ManagementToken() {}

    /**
     * Reads it. Blocks.
     *
     * @throws IOException when there is none, with the file's name and never with what is in it
     */
    public static String read(Path file) throws IOException {
        String text;
        try {
            text = Files.readString(file, UTF_8);
        } catch (CharacterCodingException binary) {
            text = "";
        } catch (IOException e) {
            throw new IOException(file + ": cannot be read: " + FileFailures.reason(e), e);
        }
        String token = text.strip();
        if (!FORM.matcher(token).matches()) {
            throw new IOException(
                    file + ": no token (expected: one line of at least 16 letters, digits or any of -._~+/)");
        }
        return token;
    }
}
