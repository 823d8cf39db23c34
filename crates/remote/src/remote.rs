//! The one object through which the engine reaches the server.

use std::fmt;
use std::sync::{Arc, PoisonError, RwLock};

use crate::http::{self, Http};
use crate::project::Project;
use crate::{Auth, Endpoint, Error, Mismatch, Realtime, Rest, Storage};

/// Client of a Supabase project. Cheap to clone; the clones share connections and address.
#[derive(Clone)]
pub struct Remote {
    http: Http,
    place: Arc<RwLock<Place>>,
}

/// The address in force and what was made of it.
#[derive(Default)]
struct Place {
    endpoint: Option<Endpoint>,
    project: Option<Arc<Project>>,
}

impl Remote {
    /// A client of the server at `endpoint`, or of none yet. No network. An unusable address is
    /// reported by the calls, not here.
    ///
    /// # Errors
    /// [`Error::Network`] when TLS cannot be set up on this machine.
    pub fn new(endpoint: Option<Endpoint>) -> Result<Self, Error> {
        let remote = Self {
            http: Http::new()?,
            place: Arc::default(),
        };
        remote.set_endpoint(endpoint);
        Ok(remote)
    }

    /// Talks to another server from the next call on; setting the same one changes nothing.
    pub fn set_endpoint(&self, endpoint: Option<Endpoint>) {
        let mut place = self.place.write().unwrap_or_else(PoisonError::into_inner);
        if place.endpoint != endpoint {
            *place = Place {
                endpoint,
                project: None,
            };
        }
    }

    /// The address in force.
    #[must_use]
    pub fn endpoint(&self) -> Option<Endpoint> {
        self.place
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .endpoint
            .clone()
    }

    /// Sign-up, sign-in, sessions.
    #[must_use]
    pub fn auth(&self) -> Auth {
        Auth::new(self.clone())
    }

    /// Tables and functions, in the name of the user whose access token this is.
    #[must_use]
    pub fn rest(&self, access_token: &str) -> Rest {
        Rest::new(self.clone(), access_token)
    }

    /// Files, likewise.
    #[must_use]
    pub fn storage(&self, access_token: &str) -> Storage {
        Storage::new(self.clone(), access_token)
    }

    /// Hints that something changed, likewise.
    #[must_use]
    pub fn realtime(&self, access_token: &str) -> Realtime {
        Realtime::new(self.clone(), access_token)
    }

    /// Whether an Amethyst server answers at `endpoint` and takes its key. Sets nothing.
    ///
    /// # Errors
    /// [`Error::NotSupabase`] with what is wrong, [`Error::Network`] when nothing answers.
    pub async fn probe(&self, endpoint: &Endpoint) -> Result<(), Error> {
        let project = Project::new(endpoint, &self.http)?;
        let found = async {
            crate::auth::health(&project).await?;
            // Everybody may read the catalog: this tells whether the key and the schema are right.
            let query = project
                .postgrest()
                .from("models")
                .select("id")
                .order("id")
                .limit(1);
            let request = crate::rest::plain_request(&project, query)?;
            http::json::<Vec<serde::de::IgnoredAny>>(request, "the catalog").await
        };
        match found.await {
            Ok(_models) => Ok(()),
            // JSON of another kind is some other server's.
            Err(Error::Decode(_)) => Err(Error::NotSupabase {
                status: None,
                content_type: None,
                mismatch: Mismatch::Answer,
            }),
            Err(error) => Err(error),
        }
    }

    /// What is needed to build a request.
    ///
    /// # Errors
    /// [`Error::NoEndpoint`], or what is wrong with the address.
    pub(crate) fn project(&self) -> Result<Arc<Project>, Error> {
        let mut place = self.place.write().unwrap_or_else(PoisonError::into_inner);
        if let Some(project) = &place.project {
            return Ok(Arc::clone(project));
        }
        let endpoint = place.endpoint.as_ref().ok_or(Error::NoEndpoint)?;
        let project = Project::new(endpoint, &self.http)?;
        place.project = Some(Arc::clone(&project));
        Ok(project)
    }
}

impl fmt::Debug for Remote {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Remote")
            .field("endpoint", &self.endpoint())
            .finish()
    }
}
