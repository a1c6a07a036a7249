package io.sluice.kafka.format;

import io.sluice.schemas.convert.ConvertLimits;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.avro.AvroRuntimeException;

/**
 * Schemas in a folder: {@code <subject>.avsc} is an Avro schema, {@code <subject>.json} a JSON Schema. Read once;
 * immutable, safe for all threads.
 */
public final class SchemaFolder implements SchemaSource {

    private static final int FILES_MAX = 1_000;
    private static final long FILE_BYTES_MAX = 1 << 20;
    private static final String AVRO = ".avsc";
    private static final String JSON = ".json";

    private final Map<String, KnownSchema> bySubject = new HashMap<>();
    private final Map<Long, KnownSchema> byFingerprint = new HashMap<>();

    private SchemaFolder() {}

    /**
     * Reads the files. Blocks.
     *
     * @throws IOException with file and reason when one cannot be used
     */
    public static SchemaFolder read(Path folder, ConvertLimits limits) throws IOException {
        List<Path> files;
        try (Stream<Path> entries = Files.list(folder)) {
            files = entries.filter(SchemaFolder::isSchema)
                    .sorted()
                    .limit(FILES_MAX + 1L)
                    .toList();
        }
        if (files.size() > FILES_MAX) {
            throw new IOException(folder + ": more than " + FILES_MAX + " schemas (expected: fewer)");
        }
        SchemaFolder read = new SchemaFolder();
        List<String> problems = new ArrayList<>();
        for (Path file : files) {
            try {
                read.add(file, limits);
            } catch (AvroRuntimeException | IllegalArgumentException e) {
                problems.add(file + ": " + e.getMessage());
            }
        }
        if (!problems.isEmpty()) {
            throw new IOException(String.join("; ", problems));
        }
        return read;
    }

    private static boolean isSchema(Path file) {
        String name = String.valueOf(file.getFileName());
        return name.endsWith(AVRO) || name.endsWith(JSON);
    }

    private void add(Path file, ConvertLimits limits) throws IOException {
        if (Files.size(file) > FILE_BYTES_MAX) {
            throw new IllegalArgumentException("larger than 1MiB (expected: less)");
        }
        String name = String.valueOf(file.getFileName());
        String text = Files.readString(file);
        boolean isAvro = name.endsWith(AVRO);
        String subject = name.substring(0, name.length() - (isAvro ? AVRO : JSON).length());
        KnownSchema schema = isAvro
                ? KnownSchema.avro(subject, KnownSchema.NO_ID, text, limits)
                : KnownSchema.json(subject, KnownSchema.NO_ID, text, limits);
        if (bySubject.put(subject, schema) != null) {
            throw new IllegalArgumentException("subject " + subject + " is in two files (expected: one)");
        }
        if (isAvro) {
            byFingerprint.put(schema.fingerprint(), schema);
        }
    }

    @Override
    public Lookup bySubject(String subject, int version) {
        KnownSchema schema = bySubject.get(subject);
        return schema == null ? new Lookup.Missing("no file for subject " + subject) : new Lookup.Found(schema);
    }

    @Override
    public Lookup byId(int id) {
        return new Lookup.Missing("schema id " + id + ": a folder of schemas has no ids");
    }

    @Override
    public Lookup byFingerprint(long fingerprint) {
        KnownSchema schema = byFingerprint.get(fingerprint);
        return schema == null
                ? new Lookup.Missing("no file with fingerprint " + Long.toHexString(fingerprint))
                : new Lookup.Found(schema);
    }

    @Override
    public Lookup registered(String subject, KnownSchema schema) {
        return new Lookup.Found(schema);
    }

    @Override
    public void close() {}
}
