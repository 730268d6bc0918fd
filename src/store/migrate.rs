//! The schema, step by step. A step that was released is never changed; what follows is another step.

use sqlx::SqlSafeStr;
use sqlx::migrate::{MigrateError, Migration, MigrationType, Migrator};

use super::Engine;

/// A step in the words of each engine.
struct Step {
    version: i64,
    name: &'static str,
    sqlite: &'static str,
    postgres: &'static str,
}

macro_rules! steps {
    ($($version:literal $name:literal),* $(,)?) => {
        const STEPS: &[Step] = &[$(Step {
            version: $version,
            name: $name,
            sqlite: include_str!(concat!("migrations/sqlite/", $name, ".sql")),
            postgres: include_str!(concat!("migrations/postgres/", $name, ".sql")),
        }),*];
    };
}

steps! { 1 "0001_guild_settings", 2 "0002_digests" }

/// The version of the schema that this program knows.
pub const SCHEMA: i64 = STEPS[STEPS.len() - 1].version;

/// Why the schema is not as it has to be.
pub(super) enum MigrationError {
    /// A later version of the program has been here.
    Newer(i64),
    /// Something that passes, or that somebody has to mend at the database.
    Failed(sqlx::Error),
}

/// Brings the schema to this program's version. Several processes may do so at once.
pub(super) async fn migrate(engine: &Engine) -> Result<(), MigrationError> {
    // Where there is nothing to do, nothing is written: the database may be one that can only be read.
    match version(engine).await {
        Some(version) if version > SCHEMA => return Err(MigrationError::Newer(version)),
        Some(SCHEMA) => return Ok(()),
        _ => {}
    }
    let migrator = |sql: fn(&Step) -> &'static str| {
        let step = |step: &Step| {
            let sql = sql(step).into_sql_str();
            Migration::new(step.version, step.name.into(), MigrationType::Simple, sql, false)
        };
        Migrator::with_migrations(STEPS.iter().map(step).collect())
    };
    let done = match engine {
        Engine::Sqlite { write, .. } => migrator(|step| step.sqlite).run(write).await,
        Engine::Postgres { pool, .. } => migrator(|step| step.postgres).run(pool).await,
    };
    done.map_err(|error| match error {
        MigrateError::VersionMissing(version) if version > SCHEMA => MigrationError::Newer(version),
        error => MigrationError::Failed(error.into()),
    })
}

/// The version that the database is of; nothing if it has none yet, or cannot be asked.
async fn version(engine: &Engine) -> Option<i64> {
    const VERSION: &str = "select max(version) from _sqlx_migrations where success";
    let version: Result<Option<i64>, sqlx::Error> = match engine {
        Engine::Sqlite { read, .. } => sqlx::query_scalar(VERSION).fetch_one(read).await,
        Engine::Postgres { pool, .. } => sqlx::query_scalar(VERSION).fetch_one(pool).await,
    };
    version.ok().flatten()
}

#[cfg(test)]
mod tests {
    use super::STEPS;

    #[test]
    fn steps_are_numbered_without_a_gap() {
        let versions: Vec<i64> = STEPS.iter().map(|step| step.version).collect();
        assert_eq!(versions, (1..=STEPS.len() as i64).collect::<Vec<_>>());
        assert!(STEPS.iter().all(|step| step.name.starts_with(&format!("{:04}_", step.version))));
    }
}
